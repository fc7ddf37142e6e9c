#!/usr/bin/env node
import manifest from '../package.json' with { type: 'json' };
import { installLastResort } from './shells/cli/last-resort.ts';
import { keepProcessLight } from './shells/cli/light-process.ts';
import { runProgram } from './shells/cli/program.ts';

keepProcessLight();
const argv = process.argv.slice(2);
const end = installLastResort(argv);
// Not awaited: of an await that never ends Node would tell in its own words.
void runProgram(argv, manifest.version).then(end);

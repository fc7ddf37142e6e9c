#!/usr/bin/env node
import manifest from '../package.json' with { type: 'json' };
import { runProgram } from './shells/cli/program.ts';

process.exitCode = await runProgram(process.argv.slice(2), manifest.version);

import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { openBackEnd } from './app/back-end/back-end.ts';
import { runDesktop } from './shells/desktop/run-desktop.ts';

// Beside the bundle of this file lie the preload's and the built page.
const here = import.meta.dirname;

runDesktop({
  version: manifest.version,
  preload: join(here, 'preload.cjs'),
  page: join(here, 'renderer'),
  openBackEnd,
});

// Builds the window's page into dist/renderer, in a process of its own: the builder takes memory that a copy shall not.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

await build({ configFile: fileURLToPath(new URL('vite.renderer.config.ts', import.meta.url)), logLevel: 'warn' });

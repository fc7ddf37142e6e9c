// Where the stand-in begins: `electron` means the stand-in, then the program's entry is read, then the app becomes ready.
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const standIn = new URL('../electron.ts', import.meta.url).href;
registerHooks({
  resolve: (name, context, next) =>
    /^electron(?:\/main|\/common)?$/.test(name)
      ? { url: standIn, format: 'module-typescript', shortCircuit: true }
      : next(name, context),
});
// as in Electron: the program, its entry, the rest
process.argv.splice(1, 1);
Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: '45.0.0', chrome: '0' } });

const { app, dialog } = await import('../electron.ts');
const { drawInBrowser } = await import('./pages.ts');
const exit = process.exit.bind(process);
app.end = (code) => exit(code);
// as Electron does where there is no screen
dialog.showErrorBox = (title, text) => void process.stderr.write(`${String(title)}\n${String(text)}\n`);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => app.quit());
drawInBrowser();
await import(pathToFileURL(resolve(process.argv[1] ?? '')).href);
await app.start();

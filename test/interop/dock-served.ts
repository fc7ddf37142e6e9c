import { startDock } from '../../electron/engine/dock/server.ts';
import { openKeptLibrary } from '../suites/library/opened-library.ts';

// Serves the library of a folder at a port until it is killed.
const [folder = '', port = '0'] = process.argv.slice(2);
const { library } = await openKeptLibrary(folder);
const dock = await startDock({ library, writable: true, listen: { port: Number(port) } });
process.stdout.write(`${dock.host}\n`);

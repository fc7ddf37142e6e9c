import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeImageList } from './image-list.ts';
import type { Command } from './measure.ts';
import { type CopyTask, repositoriesOf, type Tool } from './tools.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const ferryFile = join(top, 'build', 'ferry.mjs');
/** What a package starts; the other one first looks whether it has to be made anew. */
const bundleFile = join(top, 'dist', 'cli.js');

/** Ours, as people call it: the bundled command line. */
export function ferry(): Tool {
  const asked = spawnSync(process.execPath, [ferryFile, '--version'], { encoding: 'utf8' });
  if (asked.status !== 0) throw new Error(`the command line does not start:\n${asked.stderr}`);
  const commit = spawnSync('git', ['-C', top, 'describe', '--always', '--dirty'], { encoding: 'utf8' });
  return {
    name: 'image-ferry',
    version: `${asked.stdout.trim()} (${commit.status === 0 ? commit.stdout.trim() : 'no commit known'}), Node ${process.version}`,
    remark:
      '`copy` and `sync --images`, both with `--no-cache --quiet --json`: straight through, as the others do; 8 images and 6 blobs at a time, referrers looked for',
    command: commandOf,
  };
}

function commandOf(task: CopyTask): Command {
  const { asks, source, destination, names, kept } = task;
  const [name = ''] = names;
  const [repository = ''] = repositoriesOf(task);
  const atOnce = String(task.concurrency);
  const run = (...args: readonly string[]): Command => ({
    program: process.execPath,
    args: [bundleFile, ...args, ...(kept === undefined ? ['--no-cache'] : ['--data-dir', kept]), '--quiet', '--json'],
  });
  const copy = (what: string, ...flags: readonly string[]): Command =>
    run('copy', ...flags, '--concurrency', atOnce, `${source}/${what}`, `${destination}/${what}`);
  if (asks === 'image') return copy(name);
  if (asks === 'repository') return copy(repository, '--all-tags');
  return run('sync', '--proc', atOnce, '--images', writeImageList(task));
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { writeImageList } from './image-list.ts';
import type { Command } from './measure.ts';
import { type CopyTask, repositoriesOf, type Tool } from './tools.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const ferryFile = join(top, 'build', 'ferry.mjs');

/** Ours, as people call it: the bundled command line; the bundle of the driver for lists goes into `folder`. */
export async function ferry(folder: string): Promise<Tool> {
  const manyFile = join(folder, 'ours-many.mjs');
  await bundleMany(manyFile);
  const asked = spawnSync(process.execPath, [ferryFile, '--version'], { encoding: 'utf8' });
  if (asked.status !== 0) throw new Error(`the command line does not start:\n${asked.stderr}`);
  const commit = spawnSync('git', ['-C', top, 'describe', '--always', '--dirty'], { encoding: 'utf8' });
  return {
    name: 'image-ferry',
    version: `${asked.stdout.trim()} (${commit.status === 0 ? commit.stdout.trim() : 'no commit known'}), Node ${process.version}`,
    remark: '`copy --quiet --json`, with its defaults: 8 images and 6 blobs at a time, referrers looked for',
    command: (task) => commandOf(task, manyFile),
  };
}

function commandOf(task: CopyTask, manyFile: string): Command {
  const { asks, source, destination, names } = task;
  const [name = ''] = names;
  const [repository = ''] = repositoriesOf(task);
  const flags = ['--quiet', '--json', '--concurrency', String(task.concurrency)];
  const run = (...args: readonly string[]): Command => ({
    program: process.execPath,
    args: [ferryFile, ...args, ...flags],
  });
  if (asks === 'image') return run('copy', `${source}/${name}`, `${destination}/${name}`);
  if (asks === 'repository')
    return run('copy', '--all-tags', `${source}/${repository}`, `${destination}/${repository}`);
  // once there is `sync`: return run('sync', '--images', writeImageList(task));
  return { program: process.execPath, args: [manyFile, writeImageList(task), String(task.concurrency)] };
}

/** Bundles the driver like the command line is bundled, so that stripping types is not measured. */
async function bundleMany(file: string): Promise<void> {
  const input = fileURLToPath(new URL('ours-many.ts', import.meta.url));
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'warn' });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
}

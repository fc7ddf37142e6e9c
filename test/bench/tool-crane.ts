import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGoTool, goTools } from './go-tools.ts';
import { type CopyTask, type FoundTool, repositoriesOf } from './tools.ts';
import type { Command } from './measure.ts';

/** crane, of go-containerregistry. */
export function crane(): FoundTool {
  const built = buildGoTool('crane');
  if ('reason' in built) return { name: 'crane', reason: built.reason };
  return {
    name: 'crane',
    version: goTools.crane.version,
    remark: '`copy --jobs 8`; it takes no list, so `xargs -P 8` runs one process an image',
    command: (task) => commandOf(built.path, task),
  };
}

function commandOf(program: string, task: CopyTask): Command {
  const { asks, source, destination, names, concurrency } = task;
  const common = ['copy', '--insecure', '--jobs', String(concurrency)];
  const [name = ''] = names;
  const [repository = ''] = repositoriesOf(task);
  if (asks === 'image') return { program, args: [...common, `${source}/${name}`, `${destination}/${name}`] };
  if (asks === 'repository') {
    return { program, args: [...common, '--all-tags', `${source}/${repository}`, `${destination}/${repository}`] };
  }
  const file = join(task.folder, 'crane.txt');
  writeFileSync(file, names.map((one) => `${source}/${one}\n${destination}/${one}\n`).join(''));
  return { program: 'xargs', args: ['-a', file, '-n', '2', '-P', String(concurrency), program, ...common] };
}

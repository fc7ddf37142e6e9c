import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Command } from './measure.ts';
import type { CopyTask, FoundTool } from './tools.ts';

/** skopeo as the machine has it. */
export function skopeo(): FoundTool {
  const asked = spawnSync('skopeo', ['--version'], { encoding: 'utf8' });
  if (asked.status !== 0) return { name: 'skopeo', reason: 'not installed' };
  return {
    name: 'skopeo',
    version: asked.stdout.replace('skopeo version', '').trim(),
    remark:
      '`copy` and `sync`, both with `--all --preserve-digests`; 6 blobs at a time and one image after the other, neither can be told otherwise',
    command: (task) => ({ program: 'skopeo', args: ['--insecure-policy', ...argsOf(task)] }),
  };
}

function argsOf(task: CopyTask): Command['args'] {
  const { asks, source, destination, names } = task;
  const [name = ''] = names;
  const repository = name.slice(0, name.lastIndexOf(':'));
  const common = ['--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false'];
  if (asks === 'image') return ['copy', ...common, `docker://${source}/${name}`, `docker://${destination}/${name}`];
  // sync puts a repository under the destination by the last part of its name
  const target = `${destination}/${dirname(repository)}`;
  if (asks === 'repository') {
    return ['sync', ...common, '--src', 'docker', '--dest', 'docker', `${source}/${repository}`, target];
  }
  const file = join(task.folder, 'skopeo.yml');
  const images = Object.fromEntries(
    names.map((one) => [one.slice(0, one.lastIndexOf(':')), [one.slice(one.lastIndexOf(':') + 1)]]),
  );
  writeFileSync(file, stringify({ [source]: { 'tls-verify': false, images } }));
  return ['sync', ...common, '--src', 'yaml', '--dest', 'docker', file, target];
}

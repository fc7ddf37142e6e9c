import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { buildGoTool, goTools } from './go-tools.ts';
import type { Command } from './measure.ts';
import { type CopyTask, type FoundTool, repositoriesOf } from './tools.ts';

/** regclient: regctl for one image, regsync for many. */
export function regclient(): FoundTool {
  const [regctl, regsync] = [buildGoTool('regctl'), buildGoTool('regsync')];
  if ('reason' in regctl) return { name: 'regclient', reason: regctl.reason };
  if ('reason' in regsync) return { name: 'regclient', reason: regsync.reason };
  return {
    name: 'regclient',
    version: goTools.regctl.version,
    remark:
      '`regctl image copy` for one image, `regsync once` with `parallel: 8` for many; `reqConcurrent: 8` for both hosts',
    command: (task) => (task.asks === 'image' ? oneImage(regctl.path, task) : manyImages(regsync.path, task)),
  };
}

function oneImage(program: string, task: CopyTask): Command {
  const { source, destination, names } = task;
  const [name = ''] = names;
  const settings = { tls: 'disabled', reqConcurrent: task.concurrency };
  const hosts = { [source]: { ...settings, hostname: source }, [destination]: { ...settings, hostname: destination } };
  const file = join(task.folder, 'regctl.json');
  writeFileSync(file, JSON.stringify({ hosts }));
  return {
    program,
    args: ['image', 'copy', `${source}/${name}`, `${destination}/${name}`],
    environment: { REGCTL_CONFIG: file },
  };
}

function manyImages(program: string, task: CopyTask): Command {
  const { asks, source, destination, names, concurrency } = task;
  const what = asks === 'repository' ? repositoriesOf(task) : names;
  const settings = {
    version: 1,
    creds: [source, destination].map((registry) => ({ registry, tls: 'disabled', reqConcurrent: concurrency })),
    defaults: { parallel: concurrency, skipDockerConfig: true },
    sync: what.map((one) => ({
      source: `${source}/${one}`,
      target: `${destination}/${one}`,
      type: asks === 'repository' ? 'repository' : 'image',
    })),
  };
  const file = join(task.folder, 'regsync.yml');
  writeFileSync(file, stringify(settings));
  return { program, args: ['once', '-c', file] };
}

import type { ConnectionFlags } from '../options.ts';
import { type CommandContext, exitStatus } from '../run.ts';

/** The options of `ls`. */
export interface ListFlags extends ConnectionFlags {
  readonly tags: boolean;
  readonly all: boolean;
}

/** `ls HOST[/PREFIX]` lists repositories; `ls HOST/REPOSITORY --tags` lists tags. */
export async function ls(place: string, flags: ListFlags, context: CommandContext): Promise<number> {
  return flags.tags ? listTags(place, flags.all, context) : listRepositories(place, context);
}

async function listTags(place: string, showsAll: boolean, { console, app, signal }: CommandContext): Promise<number> {
  const { repository, tags } = await (await app()).tags(place, showsAll, signal);
  for (const tag of tags) {
    console.event('tag', { repository, tag });
    console.result(tag);
  }
  console.summary({ ok: true, tags: tags.length, failures: [] });
  return exitStatus.ok;
}

async function listRepositories(place: string, { console, app, signal }: CommandContext): Promise<number> {
  const { host, repositories } = await (await app()).repositories(place, signal);
  for (const repository of repositories) {
    console.event('repository', { host, repository });
    console.result(`${host}/${repository}`);
  }
  console.summary({ ok: true, repositories: repositories.length, failures: [] });
  return exitStatus.ok;
}

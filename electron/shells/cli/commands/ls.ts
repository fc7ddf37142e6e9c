import type { ConnectionFlags } from '../options.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** The options of `ls`. */
export interface ListFlags extends ConnectionFlags {
  readonly tags: boolean;
  readonly all: boolean;
}

/** `ls HOST[/PREFIX]` lists repositories; `ls HOST/REPOSITORY --tags` lists tags. */
export async function ls(place: string, flags: ListFlags, context: CommandContext): Promise<SummaryFacts> {
  await (flags.tags ? listTags(place, flags.all, context) : listRepositories(place, context));
  return context.facts({ ok: true, failures: [] });
}

async function listTags(place: string, showsAll: boolean, { console, app, signal }: CommandContext): Promise<void> {
  const { repository, tags } = await (await app()).tags(place, showsAll, signal);
  for (const tag of tags) {
    console.event('tag', { repository, tag });
    console.result(tag);
  }
}

async function listRepositories(place: string, { console, app, signal }: CommandContext): Promise<void> {
  const { host, repositories } = await (await app()).repositories(place, signal);
  for (const repository of repositories) {
    console.event('repository', { host, repository });
    console.result(`${host}/${repository}`);
  }
}

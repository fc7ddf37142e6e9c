import { repositoriesOf, tagsOf } from '../../../app/carrying/file-names.ts';
import { type FilePlace, readFilePlace } from '../../../app/carrying/file-places.ts';
import { isLibraryPlace } from '../../../app/places.ts';
import type { ConnectionFlags } from '../options.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** The options of `ls`. */
export interface ListFlags extends ConnectionFlags {
  readonly tags: boolean;
  readonly all: boolean;
}

/** `ls` lists the repositories of `HOST[/PREFIX]`, of the library or of a file; with `--tags` the tags of a repository, or of a file. */
export async function ls(place: string, flags: ListFlags, context: CommandContext): Promise<SummaryFacts> {
  const file = readFilePlace(place);
  if (file !== undefined) await listFile(file, flags.tags, context);
  else await (flags.tags ? listTags(place, flags.all, context) : listRepositories(place, context));
  return context.facts({ ok: true, failures: [] });
}

async function listTags(place: string, showsAll: boolean, { console, app, signal }: CommandContext): Promise<void> {
  const { repository, tags } = await (await app(useOf(place))).tags(place, showsAll, signal);
  for (const tag of tags) {
    console.event('tag', { repository, tag });
    console.result(tag);
  }
}

async function listRepositories(place: string, { console, app, signal }: CommandContext): Promise<void> {
  const { host, repositories } = await (await app(useOf(place))).repositories(place, signal);
  for (const repository of repositories) {
    console.event('repository', { host, repository });
    console.result(isLibraryPlace(host) ? `${host}${repository}` : `${host}/${repository}`);
  }
}

async function listFile(place: FilePlace, isTags: boolean, { console, app, signal }: CommandContext): Promise<void> {
  const { path, name } = place;
  const carrier = (await app({ copies: true, isDirect: true })).carrier();
  try {
    const file = await carrier.open([path], {}, signal);
    for (const repository of isTags ? [] : repositoriesOf(file, name)) {
      console.event('repository', { file: file.name, repository });
      console.result(repository);
    }
    for (const { repository, tag } of isTags ? tagsOf(file, name) : []) {
      console.event('tag', { file: file.name, repository, tag });
      console.result(name === undefined ? `${repository}:${tag}` : tag);
    }
  } finally {
    await carrier.close();
  }
}

/** The library lies in the data folder. */
function useOf(place: string): { readonly copies: boolean } {
  return { copies: isLibraryPlace(place) };
}

import { findData, removeData } from '../../../app/data-removal.ts';
import { refuse } from '../../../app/places.ts';
import type { Language } from '../../../contract/language.ts';
import { type FolderFlags, withoutConnection, workspaceWish } from '../options.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** The options of `data remove`. */
export interface RemoveFlags extends FolderFlags {
  readonly yes: boolean;
}

interface Words {
  readonly removed: (names: string, folder: string) => string;
  readonly nothing: (folder: string) => string;
  readonly left: (names: string) => string;
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    removed: (names, folder) => `removed from ${folder}: ${names}`,
    nothing: (folder) => `nothing of Image Ferry is in ${folder}`,
    left: (names) => `not ours, and left there: ${names}`,
  },
  'zh-CN': {
    removed: (names, folder) => `已从 ${folder} 删除：${names}`,
    nothing: (folder) => `${folder} 中没有镜像摆渡的数据`,
    left: (names) => `不属于本程序，已保留：${names}`,
  },
};

/** `data remove --yes`: takes cache, history, vaults and logs away, and everything that is kept in the library. */
export async function dataRemove(flags: RemoveFlags, context: CommandContext): Promise<SummaryFacts> {
  const { console, facts, signal } = context;
  const text = words[console.language];
  const wish = workspaceWish(withoutConnection(flags));
  if (!flags.yes) {
    const { folder, names } = await findData(wish);
    throw refuse(`this removes ${names.join(', ') || 'nothing'} from ${folder} for good; say so with --yes`);
  }
  const { folder, names, left } = await removeData(wish, signal);
  console.event('data-removed', { folder, names, left });
  console.result(names.length === 0 ? text.nothing(folder) : text.removed(names.join(', '), folder));
  if (left.length > 0) console.say(text.left(left.join(', ')));
  return facts({ ok: true, failures: [] });
}

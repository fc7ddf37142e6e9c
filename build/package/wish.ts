import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hasProgram } from './programs.ts';
import { top } from './product.ts';
import type { PlatformName } from './target.ts';

/** The kinds of packages there are, in the order they are made: the folder itself is given away last. */
const kinds = {
  win: ['zip', 'nsis', 'nsis-all-users', 'portable', 'dir'],
  linux: ['tar.gz', 'deb', 'AppImage', 'dir'],
} as const satisfies Readonly<Record<PlatformName, readonly string[]>>;

/** One kind of package. */
export type Kind = (typeof kinds)[PlatformName][number];

/** What somebody wants packed. */
export interface Wish {
  readonly kinds: Readonly<Record<PlatformName, readonly Kind[]>>;
  /** Where the packages go. */
  readonly out: string;
  /** Electron as a folder, as a folder of its zip files, or with a folder for each platform; undefined to download it. */
  readonly electronDist: string | undefined;
  /** A Node to be taken in place of npm's, with its licence as `LICENSE` beside it. */
  readonly node: Readonly<Record<PlatformName, string | undefined>>;
}

/** Reads the arguments of `npm run dist`. Throws an error whose message is for a person. */
export function readWish(argv: readonly string[]): Wish {
  const text = { type: 'string' } as const;
  const list = { type: 'string', multiple: true } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: { win: list, linux: list, out: text, 'electron-dist': text, 'node-exe': text, 'node-bin': text },
  });
  const isOpen = values.win === undefined && values.linux === undefined;
  return {
    kinds: isOpen ? whatCanBeMade() : { win: readKinds('win', values.win), linux: readKinds('linux', values.linux) },
    out: resolve(values.out ?? `${top}/dist/packages`),
    electronDist: values['electron-dist'] && resolve(values['electron-dist']),
    node: {
      win: values['node-exe'] && resolve(values['node-exe']),
      linux: values['node-bin'] && resolve(values['node-bin']),
    },
  };
}

function readKinds(platform: PlatformName, given: readonly string[] = []): readonly Kind[] {
  const known: readonly Kind[] = kinds[platform];
  const wanted = new Set(given.flatMap((words) => words.split(',')));
  const chosen = known.filter((kind) => wanted.delete(kind));
  if (wanted.size > 0) throw new Error(`--${platform} knows ${known.join(', ')}, and not ${[...wanted].join(', ')}`);
  return chosen;
}

function whatCanBeMade(): Wish['kinds'] {
  return {
    win: hasProgram('makensis') ? ['zip', 'nsis', 'portable'] : ['zip'],
    linux: hasProgram('dpkg-deb') ? ['tar.gz', 'deb'] : ['tar.gz'],
  };
}

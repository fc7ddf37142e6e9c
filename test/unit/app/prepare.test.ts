import { expect, test } from 'vitest';
import { type Prepared, prepare } from '../../../electron/app/prepare.ts';
import type { Origin } from '../../../electron/app/wishes.ts';
import { copyError } from '../../../electron/engine/engine.ts';
import { readImagesFile } from '../../../electron/engine/rules/image-syncer.ts';
import {
  formatReference,
  formatRepository,
  parseReference,
  type RepositoryName,
} from '../../../electron/oci/reference.ts';

const options = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  isForced: false,
  withReferrers: true,
  concurrency: 8,
} as const;

/** Prepares against registries that hold these tags; a repository that is not named fails. Also gives who was asked. */
async function prepareOver(
  origin: Origin,
  lists: Readonly<Record<string, readonly string[]>> = {},
  more: { readonly signal?: AbortSignal; readonly refused?: ReturnType<typeof readImagesFile>['refused'] } = {},
): Promise<Prepared & { readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const tags = (repository: RepositoryName): Promise<readonly string[]> => {
    const name = formatRepository(repository);
    asked.push(name);
    const list = lists[name];
    const error = copyError('not-found', { side: 'source', op: 'tags.list', subject: name });
    return list === undefined ? Promise.reject(error) : Promise.resolve(list);
  };
  const wish = { origin, options, refused: more.refused ?? [], findings: [] };
  return { ...(await prepare({ tags }, wish, more.signal ?? new AbortController().signal)), asked };
}

function rulesOf(
  text: string,
): { readonly kind: 'rules' } & Pick<ReturnType<typeof readImagesFile>, 'rules' | 'refused'> {
  const { rules, refused } = readImagesFile(text, {});
  return { kind: 'rules', rules, refused };
}

function shown({ requests }: Prepared): readonly string[] {
  return requests.map(
    ({ source, targets }) => `${formatReference(source)} → ${targets.map((each) => formatReference(each)).join(' ')}`,
  );
}

function refusals({ refused }: Prepared): readonly string[] {
  return refused.map(({ source, destination, failure }) => `${source} → ${destination}: ${failure?.kind}`);
}

test('a reference without a tag is latest, at every destination that names none', async () => {
  const [source, ...destinations] = ['a.io/b', 'c.io/d', 'e.io/f:own'].map(parseReference);
  if (source === undefined) throw new Error('there is a source');
  const prepared = await prepareOver({
    kind: 'pairs',
    pairs: destinations.map((destination) => ({ source, destination })),
  });
  expect(shown(prepared)).toEqual(['a.io/b:latest → c.io/d:latest e.io/f:own']);
  expect(prepared.asked).toEqual([]);
});

test('each repository is asked for its tags once, and rules keep their order', async () => {
  const origin = rulesOf('a.io/b: c.io/x\nz.io/y: c.io/z\na.io/b:/^1/: d.io/x\na.io/b:9: d.io/x\n');
  const prepared = await prepareOver(origin, { 'a.io/b': ['1', '2'], 'z.io/y': ['3'] });
  expect(prepared.asked).toEqual(['a.io/b', 'z.io/y']);
  expect(shown(prepared)).toEqual([
    'a.io/b:1 → c.io/x:1 d.io/x:1',
    'a.io/b:2 → c.io/x:2',
    'z.io/y:3 → c.io/z:3',
    'a.io/b:9 → d.io/x:9',
  ]);
});

test('a repository that gives no tags fails the rules that need them, as they can be written back', async () => {
  const origin = rulesOf('a.io/b:/^1/: [c.io/x:/2$/, c.io/y]\na.io/b:7: c.io/z\n');
  const prepared = await prepareOver(origin);
  expect(refusals(prepared)).toEqual(['a.io/b:/^1/ → c.io/x:/2$/: not-found', 'a.io/b:/^1/ → c.io/y: not-found']);
  expect(shown(prepared)).toEqual(['a.io/b:7 → c.io/z:7']);
});

test('what the file refuses comes first, then what only the tags show', async () => {
  const origin = rulesOf('a.io/b:1: ""\na.io/b: [c.io/x:one, c.io/y]\n');
  const prepared = await prepareOver(origin, { 'a.io/b': ['1', '2'] }, { refused: origin.refused });
  expect(refusals(prepared)).toEqual(['a.io/b:1 → : invalid', 'a.io/b → c.io/x:one: invalid']);
  expect(prepared.refused[1]?.failure).toMatchObject({
    message: expect.stringMatching(/^line 2: /),
    finding: { code: 'tag-count-mismatch', line: 2 },
  });
  expect(shown(prepared)).toEqual(['a.io/b:1 → c.io/y:1', 'a.io/b:2 → c.io/y:2']);
});

test('two sources for one tag are both refused, each pair once; the same content is none', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const origin = rulesOf(
    `a.io/b:1: c.io/x:t\na.io/b:1,2: c.io/x:t,u\nd.io/e:9: [c.io/x:t, c.io/x:v]\nf.io/g@${digest}: c.io/x:w\nh.io/i@${digest}: c.io/x:w\n`,
  );
  const prepared = await prepareOver(origin);
  expect(refusals(prepared)).toEqual(['a.io/b:1 → c.io/x:t: conflict', 'd.io/e:9 → c.io/x:t: conflict']);
  expect(shown(prepared)).toEqual([
    'a.io/b:2 → c.io/x:u',
    'd.io/e:9 → c.io/x:v',
    `f.io/g@${digest} → c.io/x:w`,
    `h.io/i@${digest} → c.io/x:w`,
  ]);
});

test('a list that a template has no place for fails image by image', async () => {
  const sources = ['a.io/b:1', `a.io/c@sha256:${'0'.repeat(64)}`].map(parseReference);
  const prepared = await prepareOver({ kind: 'list', sources, templates: ['m.io/{path}:{tag}'] });
  expect(shown(prepared)).toEqual(['a.io/b:1 → m.io/b:1']);
  expect(prepared.refused[0]?.failure).toMatchObject({ finding: { code: 'mapping-no-value' } });
});

test.each([
  [['v1'], ['no-tag-matches']],
  [[], []],
])('a choice that takes none of %j finds %j', async (tags, codes) => {
  const source = parseReference('a.io/b');
  const origin: Origin = {
    kind: 'tags',
    source,
    selection: { globs: ['x*'] },
    destinations: [parseReference('c.io/d')],
  };
  const prepared = await prepareOver(origin, { 'a.io/b': tags });
  expect(prepared.requests).toEqual([]);
  expect(prepared.findings.map(({ code }) => code)).toEqual(codes);
});

test('being cancelled is no failure of a rule', async () => {
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(prepareOver(rulesOf('a.io/b: c.io/d'), {}, { signal })).rejects.toThrow();
});

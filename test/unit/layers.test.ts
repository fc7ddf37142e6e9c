import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));
const cruiser = join(top, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
const compiler = join(top, 'node_modules', 'typescript', 'bin', 'tsc');

/** A house of one file a folder, in which everything is allowed: file → what it imports. */
const house: Readonly<Record<string, readonly string[]>> = {
  'electron/oci/digest.ts': [],
  'electron/contract/errors.ts': ['../oci/digest.ts'],
  'electron/engine/kernel/clock.ts': ['../../contract/errors.ts', 'node:fs'],
  'electron/engine/rules/conflicts.ts': ['../../oci/digest.ts'],
  'electron/engine/ports/places.ts': ['../kernel/clock.ts', '../rules/conflicts.ts'],
  'electron/engine/content/memory.ts': ['../ports/places.ts'],
  'electron/engine/http/client.ts': ['../kernel/clock.ts', 'undici'],
  'electron/engine/auth/authorizer.ts': ['../http/client.ts', 'yaml'],
  'electron/engine/registry/blobs.ts': ['../http/client.ts', '../ports/places.ts'],
  'electron/engine/plan/graph.ts': ['../ports/places.ts', '../content/memory.ts'],
  'electron/engine/copy/runner.ts': ['../plan/graph.ts', '../rules/conflicts.ts'],
  'electron/engine/dock/server.ts': ['../content/memory.ts', 'node:http'],
  'electron/engine/engine.ts': ['./copy/runner.ts', './registry/blobs.ts', './auth/authorizer.ts', './dock/server.ts'],
  'electron/app/app.ts': ['../engine/engine.ts', '../contract/errors.ts'],
  'electron/shells/cli/program.ts': ['../../app/app.ts', '../../contract/errors.ts', 'commander'],
  'electron/cli.ts': ['./shells/cli/program.ts'],
  'renderer/state.ts': ['../electron/contract/errors.ts'],
};

/** What is forbidden: the rule that must catch it, the planted file, and what it imports. */
const crimes: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['layer electron/oci/', 'electron/oci/up.ts', '../engine/kernel/clock.ts'],
  ['layer electron/oci/', 'electron/oci/sideways.ts', '../contract/errors.ts'],
  ['layer electron/contract/', 'electron/contract/up.ts', '../engine/kernel/clock.ts'],
  ['layer electron/engine/kernel/', 'electron/engine/kernel/up.ts', '../ports/places.ts'],
  ['layer electron/engine/rules/', 'electron/engine/rules/up.ts', '../kernel/clock.ts'],
  ['layer electron/engine/ports/', 'electron/engine/ports/up.ts', '../content/memory.ts'],
  ['layer electron/engine/content/', 'electron/engine/content/up.ts', '../http/client.ts'],
  ['layer electron/engine/http/', 'electron/engine/http/up.ts', '../auth/authorizer.ts'],
  ['layer electron/engine/auth/', 'electron/engine/auth/sideways.ts', '../registry/blobs.ts'],
  ['layer electron/engine/registry/', 'electron/engine/registry/sideways.ts', '../auth/authorizer.ts'],
  ['layer electron/engine/plan/', 'electron/engine/plan/up.ts', '../copy/runner.ts'],
  ['layer electron/engine/copy/', 'electron/engine/copy/past-http.ts', '../http/client.ts'],
  ['layer electron/engine/copy/', 'electron/engine/copy/past-registry.ts', '../registry/blobs.ts'],
  ['layer electron/engine/dock/', 'electron/engine/dock/sideways.ts', '../registry/blobs.ts'],
  ['layer electron/engine/copy/', 'electron/engine/copy/to-app.ts', '../../app/app.ts'],
  ['layer electron/engine/engine.ts', 'electron/engine/engine.ts', '../shells/cli/program.ts'],
  ['layer electron/app/', 'electron/app/past-engine.ts', '../engine/kernel/clock.ts'],
  ['layer electron/app/', 'electron/app/up.ts', '../shells/cli/program.ts'],
  ['layer electron/shells/', 'electron/shells/cli/past-app.ts', '../../engine/engine.ts'],
  ['layer electron/shells/', 'electron/shells/cli/past-all.ts', '../../oci/digest.ts'],
  ['layer electron/cli.ts', 'electron/cli.ts', './app/app.ts'],
  ['layer renderer/', 'renderer/past-contract.ts', '../electron/app/app.ts'],
  ['fence undici', 'electron/engine/copy/fetches.ts', 'undici'],
  ['fence electron', 'electron/engine/kernel/native.ts', 'electron'],
  ['fence electron', 'electron/shells/cli/native.ts', 'electron'],
  ['fence commander', 'electron/app/options.ts', 'commander'],
  ['fence yaml', 'electron/engine/copy/lists.ts', 'yaml'],
  ['pure', 'electron/oci/reads.ts', 'node:fs'],
  ['pure', 'electron/contract/reads.ts', 'fs'],
  ['pure', 'electron/engine/rules/reads.ts', 'node:fs/promises'],
  ['every folder has its layer', 'electron/engine/helpers/new.ts', '../kernel/clock.ts'],
  ['every folder has its layer', 'electron/helpers/new.ts', '../oci/digest.ts'],
  ['resolvable', 'electron/engine/plan/gone.ts', './not-there.ts'],
];
const planted = Object.fromEntries(crimes.map(([, file, imported]) => [file, [...(house[file] ?? []), imported]]));

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-layers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Builds the files under `name`, with our rules, our compiler settings and stand-ins for packages. */
async function build(name: string, files: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const place = join(folder, name);
  for (const file of [
    'layers.cjs',
    'tsconfig.base.json',
    'tsconfig.node.json',
    'tsconfig.pure.json',
    'tsconfig.renderer.json',
  ])
    await cp(join(top, 'build', file), join(place, 'build', file));
  await write(place, 'package.json', '{"type":"module"}');
  for (const name of ['undici', 'electron', 'commander', 'yaml']) {
    await write(place, `node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    await write(place, `node_modules/${name}/index.js`, 'exports.it = 1;\n');
  }
  for (const [file, imports] of Object.entries(files))
    await write(
      place,
      file,
      [...imports.map((imported) => `import '${imported}';\n`), 'export const it = 1;\n'].join(''),
    );
  return place;
}

async function write(place: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(place, file)), { recursive: true });
  await writeFile(join(place, file), text);
}

async function run(cwd: string, script: string, ...args: readonly string[]) {
  const running = promisify(execFile)(process.execPath, [script, ...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
  return running.then(
    ({ stdout }) => ({ isGood: true, stdout }),
    ({ stdout, stderr }: Readonly<Record<'stdout' | 'stderr', string>>) => ({
      isGood: false,
      stdout: stdout || stderr,
    }),
  );
}

async function violationsIn(place: string): Promise<readonly Violation[]> {
  const args = ['--config', 'build/layers.cjs', '--output-type', 'json', 'electron', 'renderer'];
  const { stdout } = await run(place, cruiser, ...args);
  if (!stdout.startsWith('{')) throw new Error(stdout);
  const report: { readonly summary: { readonly violations: readonly Violation[] } } = JSON.parse(stdout);
  return report.summary.violations;
}

describe('dependency-cruiser', () => {
  let found: readonly Violation[] = [];
  beforeAll(async () => {
    const cycle = { 'electron/engine/plan/round.ts': ['./about.ts'], 'electron/engine/plan/about.ts': ['./round.ts'] };
    const hidden = {
      'electron/engine/copy/hidden.ts': `export type It = typeof import('../http/client.ts');\n`,
      'electron/engine/copy/late.ts': `export const it = () => import('undici');\n`,
      'electron/engine/copy/typed.ts': `import type { it } from '../http/client.ts';\nexport type It = typeof it;\n`,
    };
    const place = await build('planted', { ...house, ...planted, ...cycle });
    for (const [file, text] of Object.entries(hidden)) await write(place, file, text);
    found = await violationsIn(place);
  });

  test('finds nothing in a house that keeps the rules', async () => {
    const place = await build('clean', house);
    expect(await violationsIn(place)).toEqual([]);
    expect((await run(place, cruiser, '--config', 'build/layers.cjs', 'electron', 'renderer')).isGood).toBe(true);
  });

  test.each(crimes)('by the rule "%s" catches %s that imports %s', (rule, file) => {
    expect(found.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(rule);
  });

  test.each([
    ['a type', 'layer electron/engine/copy/', 'electron/engine/copy/typed.ts'],
    ['an import within a type', 'layer electron/engine/copy/', 'electron/engine/copy/hidden.ts'],
    ['an import at run time', 'fence undici', 'electron/engine/copy/late.ts'],
  ])('catches %s too', (_, rule, file) => {
    expect(found.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(rule);
  });

  test('catches a cycle, whichever of its files it names', () => {
    const cycles = found.filter((violation) => violation.rule.name === 'no-cycle');
    expect(cycles.map(({ from }) => from).join()).toMatch(/electron\/engine\/plan\/(?:round|about)\.ts/);
  });

  test('accuses nobody else', () => {
    const guilty = new Set(crimes.map(([, file]) => file));
    const others = found.filter(({ from }) => !guilty.has(from) && !/copy\/(?:hidden|late|typed)\.ts$/.test(from));
    // A cycle through the edges that were planted is told for any file on it.
    expect(others.filter((violation) => violation.rule.name !== 'no-cycle')).toEqual([]);
  });
});

describe('the compiler', () => {
  const errorsOf = (place: string, project: string) => run(place, compiler, '-p', `build/tsconfig.${project}.json`);
  const withTypes = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
    const place = await build(name, {});
    await symlink(join(top, 'node_modules', '@types'), join(place, 'node_modules', '@types'));
    for (const [file, text] of Object.entries(files)) await write(place, file, text);
    return place;
  };

  test('knows no window in the engine and no process in oci', async () => {
    const place = await withTypes('foreign', {
      'electron/engine/kernel/shown.ts': 'export const title: string = window.document.title;\n',
      'electron/engine/kernel/home.ts': "export const home = process.env['HOME'];\n",
      'electron/oci/home.ts': "export const home = process.env['HOME'];\n",
      'electron/oci/bytes.ts': "export const bytes = Buffer.from('');\n",
      'electron/contract/shown.ts': 'export const title: string = document.title;\n',
      'electron/engine/rules/waits.ts': 'export const wait = () => setTimeout(() => undefined, 1);\n',
    });
    const [node, pure] = [await errorsOf(place, 'node'), await errorsOf(place, 'pure')];
    expect(node.isGood).toBe(false);
    expect(node.stdout).toMatch(/electron\/engine\/kernel\/shown\.ts\(1,\d+\): error TS\d+: Cannot find name 'window'/);
    expect(node.stdout).not.toContain('kernel/home.ts');
    expect(pure.isGood).toBe(false);
    for (const [file, name] of [
      ['oci/home', 'process'],
      ['oci/bytes', 'Buffer'],
      ['contract/shown', 'document'],
      ['engine/rules/waits', 'setTimeout'],
    ])
      expect(pure.stdout).toMatch(
        new RegExp(`electron/${file}\\.ts\\(1,\\d+\\): error TS\\d+: Cannot find name '${name}'`),
      );
  });

  test('is content with what each environment has', async () => {
    const place = await withTypes('own', {
      'electron/engine/kernel/home.ts': "export const home = process.env['HOME'];\n",
      'electron/oci/digest.ts': 'export const text: string = [1].join();\n',
    });
    expect(await errorsOf(place, 'node')).toEqual({ isGood: true, stdout: '' });
    expect(await errorsOf(place, 'pure')).toEqual({ isGood: true, stdout: '' });
  });
});

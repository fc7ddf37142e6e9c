import { describe, expect, test } from 'vitest';
import { Commands } from '../../../electron/contract/commands.ts';
import { Feeds } from '../../../electron/contract/feeds.ts';
import { isObject } from '../../../electron/oci/fields.ts';
import { feedRequest, sessionRequest } from '../../../electron/contract/wire.ts';

/** What zod keeps of a schema, as far as it is looked at here. */
interface Node {
  readonly type: string;
  readonly path: string;
  readonly node: Readonly<Record<string, unknown>>;
}

const schemas: readonly (readonly [name: string, schema: unknown])[] = [
  ...Object.entries(Commands).flatMap(([name, { input, output }]) => [
    [`${name} input`, input] as const,
    [`${name} output`, output] as const,
  ]),
  ...Object.entries(Feeds).flatMap(([name, { scope, snapshot }]) => [
    [`${name} scope`, scope] as const,
    [`${name} snapshot`, snapshot] as const,
  ]),
  ['session request', sessionRequest],
  ['feed request', feedRequest],
];

/** Every schema within a schema. */
function nodesOf(schema: unknown, path = ''): readonly Node[] {
  const node = record(schema);
  const def = record(node['def']);
  const inner = ['element', 'innerType', 'valueType', 'keyType', 'left', 'right', 'in', 'out'].flatMap((name) =>
    def[name] === undefined ? [] : nodesOf(def[name], `${path}.${name}`),
  );
  const options = Array.isArray(def['options'])
    ? def['options'].flatMap((each, at) => nodesOf(each, `${path}|${at}`))
    : [];
  const shape = Object.entries(record(def['shape'])).flatMap(([name, each]) => nodesOf(each, `${path}.${name}`));
  return [{ type: String(def['type']), path, node }, ...inner, ...options, ...shape];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

const all = schemas.flatMap(([name, schema]) =>
  nodesOf(schema).map((node) => ({ ...node, name: `${name}${node.path}` })),
);

/** The checks of a schema by their names. */
function checksOf({ node }: Node): readonly string[] {
  const checks = record(node['def'])['checks'];
  return Array.isArray(checks)
    ? checks.map((check) => String(record(record(record(check)['_zod'])['def'])['check']))
    : [];
}

describe('every schema', () => {
  test('is looked at to its last member', () => {
    expect(all.length).toBeGreaterThan(700);
    expect(new Set(all.map(({ type }) => type))).toEqual(
      new Set([
        'object',
        'string',
        'array',
        'optional',
        'boolean',
        'enum',
        'union',
        'literal',
        'number',
        'record',
        'nullable',
        'readonly',
        'unknown',
      ]),
    );
  });

  test('S-IPC-2: refuses fields that it does not know', () => {
    const open = all.filter((each) => {
      if (each.type !== 'object') return false;
      return record(record(record(each.node['def'])['catchall'])['def'])['type'] !== 'never';
    });
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  test('S-IPC-4: bounds every text', () => {
    const unbounded = all.filter(
      (each) =>
        each.type === 'string' && !checksOf(each).some((name) => name === 'max_length' || name === 'string_format'),
    );
    expect(unbounded.map(({ name }) => name)).toEqual([]);
  });

  test('S-IPC-4: bounds every list', () => {
    const unbounded = all.filter((each) => each.type === 'array' && !checksOf(each).includes('max_length'));
    expect(unbounded.map(({ name }) => name)).toEqual([]);
  });

  test('takes nothing unread but the scope of a feed, which its own schema reads', () => {
    expect(all.filter(({ type }) => type === 'unknown').map(({ name }) => name)).toEqual([
      'feed request|1.add.element.scope',
    ]);
  });
});

describe('S-IPC-5: no output has a member that could hold a secret', () => {
  test.each(Object.entries(Commands))('%s', (_, { output }) => {
    const names = nodesOf(output).map(({ path }) => path.split('.').at(-1) ?? '');
    expect(names.filter((name) => /pass|secret|token|auth/i.test(name))).toEqual([]);
  });
});

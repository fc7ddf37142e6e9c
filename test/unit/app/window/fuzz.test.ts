import { anything, assert, asyncProperty, constantFrom, jsonValue, oneof, record, string } from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { WindowHost } from '../../../../electron/app/window/window.ts';
import { Commands } from '../../../../electron/contract/commands.ts';
import { Feeds } from '../../../../electron/contract/feeds.ts';
import { fuzz } from '../../fuzzing.ts';
import { memoryParts } from './memory-parts.ts';

const never = new AbortController().signal;

/** Values that look a little like what some command takes. */
const almost = record(
  {
    id: string(),
    host: oneof(string(), constantFrom('harbor.example', '../..', '[::1]:5000', '\u0000')),
    place: oneof(jsonValue(), constantFrom({ kind: 'registry', id: 'x' }, { kind: 'library' })),
    repository: oneof(string(), constantFrom('team/app', 'TEAM', 'a/../b')),
    most: oneof(jsonValue(), constantFrom(-1, 0, 1, Number.POSITIVE_INFINITY, 2 ** 53)),
    images: jsonValue(),
    order: jsonValue(),
    job: jsonValue(),
    text: string(),
    plan: string(),
    passphrase: string(),
  },
  { requiredKeys: [] },
);

test('S-IPC-2: whatever is asked, the answer is plain data, and nothing unexpected happens', async () => {
  const parts = await memoryParts();
  const host = new WindowHost(parts, { checksOutputs: true });
  onTestFinished(() => host.close());
  const session = host.openSession();
  const names = [...Object.keys(Commands), 'constructor', '__proto__', 'registries.', ''];
  await assert(
    asyncProperty(constantFrom(...names), oneof(almost, jsonValue(), anything()), async (name, input) => {
      const answer = await session.call(name, input, never);
      if (!answer.ok) expect(answer.failure).not.toMatchObject({ kind: 'internal' });
      expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
    }),
    fuzz(20_000),
  );
  expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined();
});

test('S-IPC-2: whatever is to be heard of, a feed opens or ends with a failure', async () => {
  const host = new WindowHost(await memoryParts());
  onTestFinished(() => host.close());
  await assert(
    asyncProperty(
      constantFrom(...Object.keys(Feeds), 'toString'),
      oneof(almost, jsonValue(), anything()),
      async (name, scope) => {
        const session = host.openSession();
        const heard: unknown[] = [];
        const sink = {
          isFull: false,
          send: (message: unknown) => heard.push(message),
          end: (end: unknown) => heard.push(end),
        };
        session.feed(name, scope, sink);
        expect(heard.length).toBeGreaterThan(0);
        expect(JSON.stringify(heard)).not.toContain('"internal"');
        session.close();
      },
    ),
    fuzz(2000),
  );
});

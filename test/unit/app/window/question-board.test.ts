import { expect, test } from 'vitest';
import { QuestionBoard } from '../../../../electron/app/window/question-board.ts';
import { WindowHost } from '../../../../electron/app/window/window.ts';
import { memoryParts } from './memory-parts.ts';
import { never } from './scene.ts';

test('S-IPC-9: a question waits for an answer under its own id, which is good once', async () => {
  const board = new QuestionBoard();
  const first = board.ask('remove-registry', 'harbor.example', never);
  const second = board.ask('trim-cache', 'cache', never);
  const [one, two] = board.all;
  expect([one, two]).toMatchObject([
    { deed: 'remove-registry', subject: 'harbor.example' },
    { deed: 'trim-cache', subject: 'cache' },
  ]);
  board.answer(two?.id ?? '', true);
  board.answer(one?.id ?? '', false);
  expect([await first, await second]).toEqual([false, true]);
  expect(() => board.answer(two?.id ?? '', true)).toThrow('there is no question');
  expect(board.all).toEqual([]);
});

test('S-IPC-9: who leaves has said no', async () => {
  const board = new QuestionBoard();
  const caller = new AbortController();
  const asked = board.ask('discard-job', '7', caller.signal);
  caller.abort();
  expect([await asked, board.all]).toEqual([false, []]);
});

test('S-IPC-9: more questions than a person could read are answered with no', async () => {
  const board = new QuestionBoard();
  const asked = Array.from({ length: 21 }, () => board.ask('discard-job', '7', never));
  expect(await asked[20]).toBe(false);
  expect(board.all).toHaveLength(20);
});

test('S-IPC-9: nothing is done before the page that asks was answered', async () => {
  const memory = await memoryParts();
  const { questions } = memory;
  const parts = { ...memory, confirm: questions.ask.bind(questions) };
  const host = new WindowHost(parts, { checksOutputs: true });
  const session = host.openSession();
  const draft = { host: 'harbor.example', plainHttp: false, insecure: true, remember: 'no' } as const;
  for (const isYes of [false, true]) {
    const saving = session.call('registries.save', draft, never);
    await expect.poll(() => questions.all.length).toBe(1);
    expect(memory.entries.size).toBe(0);
    const { id = '', ...question } = questions.all[0] ?? {};
    expect(question).toEqual({ deed: 'skip-certificate-checks', subject: 'harbor.example' });
    expect(await session.call('questions.answer', { id, isYes }, never)).toEqual({ ok: true, value: {} });
    expect(await saving).toMatchObject({ ok: isYes });
    expect(await session.call('questions.answer', { id, isYes: true }, never)).toMatchObject({ ok: false });
  }
  expect(memory.entries.size).toBe(1);
  host.close();
});

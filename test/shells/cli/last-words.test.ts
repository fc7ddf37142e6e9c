import { closeSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { image } from '../../fakes/images.ts';
import { ferry, planted, startFerry } from './ferry.ts';
import { openDock, openSource } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

test.each([
  ['an exception', "setTimeout(() => { throw new TypeError('x is undefined\\n  at y') }, 150)"],
  ['a rejection', "setTimeout(() => void Promise.reject(new TypeError('x is undefined')), 150)"],
  ['a rejection with nothing', 'setTimeout(() => void Promise.reject(), 150)'],
  [
    'a secret in the message',
    "setTimeout(() => { throw new TypeError('x is undefined, password=hunter2hunter2') }, 150)",
  ],
])('%s that nobody expected ends with 1 and one line, without a stack', async (name, code) => {
  const source = await openSource();
  const gone = await openDock();
  await gone.close();
  const node = await planted(name.replaceAll(' ', '-'), code);
  // Busy for seconds with a host that is not there.
  const args = ['copy', `${source.host}/team/app:1`, `${gone.host}/x/y`];
  const end = await ferry(args, { node });
  expect(end.status).toBe(1);
  expect(end.stderr).toMatch(/^an error nobody expected: [^\n]+\n {2}remedy: Run again; [^\n]+\n$/);
  expect(end.stderr + end.stdout).not.toMatch(/\.ts:|\.mjs:|node:internal|hunter2/);
  const json = await ferry([...args, '--json'], { node });
  expect(json).toMatchObject({ status: 1, stderr: '' });
  expect(jsonOf(json).summary.failures).toMatchObject([{ kind: 'internal', side: 'local' }]);
});

test('an exception inside a command is told the same way', async () => {
  const node = await planted(
    'broken-url',
    "globalThis.URL = class { constructor() { throw new TypeError('no URL today') } static canParse() { throw new TypeError('no URL today') } }",
  );
  const end = await ferry(['ls', '127.0.0.1:1', '--proxy', 'http://127.0.0.1:1'], { node });
  expect(end).toMatchObject({ status: 1, stdout: '' });
  expect(end.stderr).toMatch(/^an error nobody expected: TypeError: no URL today\n {2}remedy: [^\n]+\n$/);
});

test('work that can never end is noticed', async () => {
  const node = await planted(
    'never',
    "import { syncBuiltinESMExports } from 'node:module'; import fs from 'node:fs'; fs.promises.open = () => new Promise(() => {}); syncBuiltinESMExports();",
  );
  const end = await ferry(['ls', '127.0.0.1:1'], { node });
  expect(end).toMatchObject({ status: 1, stdout: '' });
  expect(end.stderr).toMatch(/^an error nobody expected: Error: the work stopped without an end\n {2}remedy: /);
});

test.each([[[]], [['--json']]])('a reader who leaves early stops neither the work nor its status %j', async (flags) => {
  const tags = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`tag-${at}`, image({ seed: 'one' })]));
  const [source, destination] = [await openSource(tags), await openDock()];
  const running = startFerry(['copy', `${source.host}/team/app`, `${destination.host}/x/y`, '--all-tags', ...flags]);
  running.child.stdout?.destroy();
  const end = await running.ended;
  expect(end.status).toBe(0);
  expect(end.stderr).not.toMatch(/EPIPE|\bat \S+ \(|node:/);
  const listed = await fetch(`${destination.url}/v2/x/y/tags/list`);
  expect(await listed.json()).toMatchObject({ tags: expect.arrayContaining(['tag-0', 'tag-39']) });
});

test('results that cannot be written end with 1, and say why', async () => {
  const source = await openSource();
  const full = openSync('/dev/full', 'w');
  try {
    const end = await ferry(['ls', source.host], { stdout: full });
    expect(end.status).toBe(1);
    expect(end.stderr).toMatch(/^the results cannot be written: ENOSPC\n {2}remedy: Free space there[^\n]+\n$/);
  } finally {
    closeSync(full);
  }
});

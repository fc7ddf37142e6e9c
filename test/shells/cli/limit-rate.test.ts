import { expect, onTestFinished, test } from 'vitest';
import { image } from '../../fakes/images.ts';
import { startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { ferry } from './ferry.ts';
import { jsonOf } from './summary-shape.ts';

const mebibyte = 1024 ** 2;

test('--limit-rate holds all streams back together, and everything arrives', async () => {
  const large = image({ layers: [mebibyte, mebibyte, mebibyte] });
  const [source, destination] = [await startQuirkRegistry({ content: { 'a/b:1': large } }), await startQuirkRegistry()];
  onTestFinished(async () => {
    for (const one of [source, destination]) await one.close();
  });
  const args = ['copy', `${source.host}/a/b:1`, `${destination.host}/a/b`, '--json'];
  const { summary } = jsonOf(await ferry([...args, '--limit-rate', '1MiB']));
  expect(summary).toMatchObject({ ok: true, images: { copied: 1 } });
  // three MiB at one a second, of which the first second's worth may go at once
  expect(summary.seconds).toBeGreaterThan(1.5);
});

test.each(['0', 'fast', '-1'])('--limit-rate %s is wrong use', async (rate) => {
  const end = await ferry(['copy', 'a.test/b:1', 'c.test/d', '--limit-rate', rate]);
  expect(end.status).toBe(2);
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planExport, type ReadBlob, writeExport } from '../../../electron/engine/bundle/bundle.ts';
import { download } from '../../../electron/engine/copy/download.ts';
import { runCopy } from '../../../electron/engine/copy/runner.ts';
import { systemClock } from '../../../electron/engine/kernel/clock.ts';
import { Leases } from '../../../electron/engine/kernel/leases.ts';
import { Meter } from '../../../electron/engine/kernel/meter.ts';
import { walkGraph } from '../../../electron/engine/plan/graph.ts';
import { parseDigest } from '../../../electron/oci/digest.ts';
import { temporaryFolder } from '../../fakes/bundle-files.ts';
import { arm64, blobsOf, image, index } from '../../fakes/images.ts';
import { opened, signal } from '../../unit/engine/bundle/exported.ts';
import { MemoryPlace } from '../../unit/engine/places.ts';

const content = index([image({ layers: [200_000, 7], seed: 'a' }), image({ seed: 'b', platform: arm64 })]);
const limits = { retries: 3, waitMs: 1000 };
const options = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  isForced: false,
  withReferrers: true,
  concurrency: 2,
} as const;

/** Carries the content from a place into a bundle, and tells how to read blobs for it. */
async function packed(from: MemoryPlace, readBlob: ReadBlob, base?: ReadonlySet<ReturnType<typeof parseDigest>>) {
  const folder = await temporaryFolder();
  const graph = await walkGraph(from, await from.manifest({ digest: parseDigest(content.digest) }, signal), signal);
  const plan = planExport([{ host: 'source.test', path: 'team/app', tag: '1', graph }], {
    format: 'bundle',
    volumeBytes: 100_000,
    ...(base === undefined ? {} : { base }),
  });
  const paths = await writeExport(plan, join(folder, 'out.tar'), readBlob, {}, signal);
  return opened(paths, folder);
}

function copyInto(to: MemoryPlace, file: Awaited<ReturnType<typeof opened>>) {
  const items = file.images.map((image) => ({
    source: file.source(image),
    digest: image.descriptor.digest,
    targets: [{ destination: to, ...(image.tag === undefined ? {} : { tag: image.tag }) }],
  }));
  const deps = { clock: systemClock, meter: new Meter(), limits, leases: new Leases(), smallBlobs: { size: 4 } };
  return runCopy(items, options, deps, {}, signal);
}

test('an image travels from one place over a bundle to another, unchanged, through a line that breaks', async () => {
  const from = new MemoryPlace('source.test/team/app', content);
  const to = new MemoryPlace('site.test/team/app');
  let breaks = 0;
  const readBlob: ReadBlob = async (target, signal) => {
    const flaky = Object.assign(Object.create(from), {
      read: async (...[blob, at, sink, signal]: Parameters<MemoryPlace['read']>) => {
        if (at > 0 || blob.size < 100_000) return from.read(blob, at, sink, signal);
        breaks++;
        sink.write(from.blobs.get(blob.digest)?.subarray(0, 70_000) ?? Buffer.alloc(0));
      },
    });
    await download(flaky, target, () => {}, limits, systemClock, signal);
  };
  const file = await packed(from, readBlob);
  expect(breaks).toBe(1);
  expect((await file.verify(() => {}, signal)).problems).toEqual([]);
  const summary = await copyInto(to, file);
  expect(summary.results.map(({ outcome, digest, failure }) => [outcome, digest, failure])).toEqual([
    ['copied', content.digest, undefined],
  ]);
  expect(to.tagged.get('1')).toBe(content.digest);
  for (const blob of blobsOf(content)) expect(to.blobs.get(blob.digest)).toEqual(blob.bytes());
});

test('what the site holds is not carried; what it has lost meanwhile is named', async () => {
  const from = new MemoryPlace('source.test/team/app', content);
  const readBlob: ReadBlob = (target, signal) => download(from, target, () => {}, limits, systemClock, signal);
  const [kept, lost] = blobsOf(content).filter(({ sizeBytes }) => sizeBytes > 1000);
  const base = new Set([kept, lost].map((blob) => parseDigest(blob?.digest ?? '')));
  const file = await packed(from, readBlob, base);
  const whole = new MemoryPlace('site.test/team/app');
  for (const blob of [kept, lost]) whole.blobs.set(blob?.digest ?? '', blob?.bytes() ?? Buffer.alloc(0));
  expect((await copyInto(whole, file)).ok).toBe(true);
  const poorer = new MemoryPlace('site.test/team/app');
  poorer.blobs.set(kept?.digest ?? '', kept?.bytes() ?? Buffer.alloc(0));
  const { results } = await copyInto(poorer, file);
  expect(results[0]?.failure).toMatchObject({
    kind: 'missing-content',
    side: 'source',
    message: expect.stringContaining(lost?.digest ?? ''),
  });
});

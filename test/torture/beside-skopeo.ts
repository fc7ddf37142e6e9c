import type { FaultAction, FaultRule } from '../fakes/fault-rules.ts';
import { image } from '../fakes/images.ts';
import { hasPeer, skopeo } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import { assertArrived } from './checks.ts';
import type { Column } from './column.ts';
import { copyJob, openCache, requestsFor } from './copying.ts';
import { type Lines, missingRegistry, openGround, overLines } from './ground.ts';

/** One fault that strikes once. */
interface SingleFault {
  readonly name: string;
  readonly side: keyof Lines;
  readonly rule: FaultRule;
}

const half = 1_000_000;
const read = (action: FaultAction): FaultRule => ({
  method: 'GET',
  path: /\/blobs\/sha256/,
  direction: 'response',
  nth: 2,
  action,
});
const written = (action: FaultAction): FaultRule => ({
  path: /\/blobs\/uploads\/.+/,
  direction: 'request',
  times: 1,
  action,
});
const status = (code: number): FaultAction => ({ kind: 'replace', status: code, body: 'a moment please' });
const answered = (method: string, path: RegExp, action: FaultAction): FaultRule => ({
  method,
  path,
  direction: 'response',
  times: 1,
  action,
});
const uploads = /\/blobs\/uploads\//;
const manifests = /\/manifests\//;

/** The faults both are given, one a copy. */
const singleFaults: readonly SingleFault[] = [
  { name: 'blob read: reset half way', side: 'source', rule: read({ kind: 'reset', atByte: 10_000 }) },
  { name: 'blob read: closed half way', side: 'source', rule: read({ kind: 'end', atByte: 10_000 }) },
  {
    name: 'blob read: short, without a length',
    side: 'source',
    rule: read({ kind: 'end-unlengthed', atByte: 10_000 }),
  },
  { name: 'blob read: a wrong bit', side: 'source', rule: read({ kind: 'flip', atByte: 10_000 }) },
  { name: 'blob read: 503', side: 'source', rule: read(status(503)) },
  { name: 'blob read: 429', side: 'source', rule: read(status(429)) },
  { name: 'blob read: stalls half way', side: 'source', rule: read({ kind: 'stall', atByte: 10_000 }) },
  { name: 'manifest read: 500', side: 'source', rule: answered('GET', manifests, status(500)) },
  { name: 'manifest read: reset', side: 'source', rule: answered('GET', manifests, { kind: 'reset', atByte: -1 }) },
  { name: 'upload: session 500', side: 'destination', rule: answered('POST', uploads, status(500)) },
  { name: 'upload: body reset', side: 'destination', rule: written({ kind: 'reset', atByte: half }) },
  { name: 'upload: acknowledgement lost', side: 'destination', rule: answered('PUT', uploads, { kind: 'swallow' }) },
  { name: 'upload: 502 at the end', side: 'destination', rule: answered('PUT', uploads, status(502)) },
  {
    name: 'blob check: reset',
    side: 'destination',
    rule: answered('HEAD', /\/blobs\//, { kind: 'reset', atByte: -1 }),
  },
  { name: 'manifest write: 503', side: 'destination', rule: answered('PUT', manifests, status(503)) },
  {
    name: 'manifest write: acknowledgement lost',
    side: 'destination',
    rule: answered('PUT', manifests, { kind: 'swallow' }),
  },
];

const content = image({ seed: 'beside', layers: [2_500_000, 40_000] });
const mostMs = 40_000;

/** Copies over these lines to a place below `prefix`; true when it says that it is done. */
type Copy = (lines: Lines, prefix: string) => Promise<boolean>;

/** The same single faults for us and for skopeo: which copies finish without help, and whole. */
export const besideSkopeo: Column = {
  name: 'beside-skopeo',
  unit: 'single faults',
  missing: missingRegistry ?? (hasPeer('skopeo') ? undefined : 'skopeo is not installed'),
  isHeavy: true,
  open: async () => {
    const ground = await openGround();
    await push(ground.source.url, 'a', '1', content);
    let copies = 0;
    const images = [{ repository: 'a', tag: '1', content }];
    const isWhole = (prefix: string): Promise<boolean> =>
      assertArrived(ground.destination, images, prefix).then(
        () => true,
        () => false,
      );
    const one = (fault: SingleFault | undefined, copy: Copy): Promise<{ isStruck: boolean; isDone: boolean }> =>
      overLines(ground, async (lines) => {
        const prefix = `copy-${++copies}/`;
        const struck = fault === undefined ? (): number => 0 : lines[fault.side].addRule(fault.rule);
        const isDone = await copy(lines, prefix);
        return { isStruck: struck() > 0, isDone: isDone && (await isWhole(prefix)) };
      });
    const ours: Copy = async ({ source, destination }, prefix) => {
      const cache = await openCache(`${ground.folder}/${prefix}`);
      const requests = requestsFor(images, source.host, destination.host, prefix);
      return (await copyJob(requests, { cache }, mostMs)).summary.ok;
    };
    const skopeoWith =
      (...more: readonly string[]): Copy =>
      async ({ source, destination }, prefix) => {
        const places = [`docker://${source.host}/a:1`, `docker://${destination.host}/${prefix}a:1`];
        const flags = ['--src-tls-verify=false', '--dest-tls-verify=false', '--preserve-digests', ...more];
        return (await skopeo(['copy', ...flags, ...places], mostMs)).status === 0;
      };
    const tools: readonly (readonly [string, Copy])[] = [
      ['we', ours],
      ['skopeo', skopeoWith()],
      ['skopeo --retry-times 3', skopeoWith('--retry-times', '3')],
    ];
    return {
      piece: async () => {
        const tally: Record<string, number> = { 'single faults': 0 };
        for (const fault of [undefined, ...singleFaults]) {
          for (const [name, copy] of tools) {
            const { isStruck, isDone } = await one(fault, copy);
            if ((fault === undefined || name === 'we') && !isDone)
              throw new Error(`${fault?.name ?? 'no fault'}: ${name} did not finish`);
            if (fault === undefined) continue;
            if (name === 'we') add(tally, 'single faults', true);
            add(tally, `${name} met`, isStruck);
            add(tally, `${name} finished`, isStruck && isDone);
            if (isStruck && !isDone) add(tally, `${name}: not ${fault.name}`, true);
          }
        }
        return tally;
      },
      close: () => ground.ends.close(),
    };
  },
};

function add(tally: Record<string, number>, name: string, isSo: boolean): void {
  tally[name] = (tally[name] ?? 0) + (isSo ? 1 : 0);
}

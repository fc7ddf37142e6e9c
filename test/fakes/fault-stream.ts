import type { Readable, Writable } from 'node:stream';
import { pause, piecesOf } from './listening.ts';
import type { FaultAction } from './fault-rules.ts';

/** How the passing of a body ended: all passed, or stopped on purpose. */
export type PassEnd = 'whole' | 'stall' | 'reset' | 'end' | 'too-large' | 'broken';

const DRIP_MS = 50;

/** Passes a body on, with the byte faults of `actions`; does not end the target. `see` gets every piece that was passed. */
export async function passBody(
  from: Readable,
  to: Writable,
  actions: readonly FaultAction[],
  see: (piece: Buffer) => void,
): Promise<PassEnd> {
  const cut = cutOf(actions);
  const flips = actions.flatMap((action) => (action.kind === 'flip' ? [action.atByte] : []));
  const drip = actions.find((action) => action.kind === 'drip');
  const limit = actions.find((action) => action.kind === 'limit-body');
  let passed = 0;
  let wake = (): void => undefined;
  const onWake = (): void => wake();
  if (cut !== undefined && cut.atByte <= 0) return cut.end;
  to.on('drain', onWake).on('close', onWake).on('error', onWake);
  try {
    for await (const piece of piecesOf(from)) {
      let chunk = piece;
      if (limit !== undefined && passed + chunk.length > limit.sizeBytes) return 'too-large';
      const last = cut !== undefined && passed + chunk.length >= cut.atByte;
      if (last) chunk = chunk.subarray(0, cut.atByte - passed);
      for (const at of flips) {
        if (at < passed || at >= passed + chunk.length) continue;
        chunk = Buffer.from(chunk);
        chunk.writeUInt8(chunk.readUInt8(at - passed) ^ 1, at - passed);
      }
      const step = drip === undefined ? chunk.length : Math.max(1, Math.round((drip.bytesPerSecond * DRIP_MS) / 1000));
      for (let at = 0; at < chunk.length; at += step) {
        if (to.destroyed) return 'broken';
        const part = chunk.subarray(at, at + step);
        see(part);
        if (!to.write(part) && !to.destroyed) await new Promise<void>((resolve) => (wake = resolve));
        if (drip !== undefined) await pause(DRIP_MS);
      }
      passed += chunk.length;
      if (last) return cut.end;
    }
    return 'whole';
  } catch {
    return 'broken';
  } finally {
    to.off('drain', onWake).off('close', onWake).off('error', onWake);
  }
}

function cutOf(actions: readonly FaultAction[]): { atByte: number; end: PassEnd } | undefined {
  const cuts = actions.flatMap((action) => {
    if (action.kind === 'stall' || action.kind === 'reset' || action.kind === 'end') {
      return [{ atByte: action.atByte, end: action.kind }];
    }
    return action.kind === 'end-unlengthed' ? [{ atByte: action.atByte, end: 'end' as const }] : [];
  });
  return cuts.sort((a, b) => a.atByte - b.atByte)[0];
}

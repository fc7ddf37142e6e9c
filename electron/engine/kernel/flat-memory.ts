import { setFlagsFromString } from 'node:v8';

/** How full the young space may be before V8 looks for what is dead there, in percent: while large bodies flow, and else. */
const [flatPercent, usualPercent] = [10, 80];

let flowing = 0;

/**
 * Keeps the memory of this process flat until what it gives is called, once; for as long as a large body flows.
 * V8 lets the space for young objects grow to 16 MiB of small objects before it looks for dead ones. Each piece of a body is one
 * such object with 64 KiB behind it, so dead pieces would pile up by tens of MiB (measured: 186 MiB at the peak of a 1 GiB blob,
 * 137 with both flags, and a fifth less CPU). Where small objects come and go it is the other way round: many small images took
 * a fifth more CPU, for dead objects were looked for a hundred times a second.
 */
export function keepMemoryFlat(): () => void {
  if (flowing++ === 0) {
    // a space that has grown does not shrink, so this one stays
    setFlagsFromString('--semi-space-growth-factor=1');
    setFlagsFromString(`--minor-gc-task-trigger=${flatPercent}`);
  }
  return () => {
    if (--flowing === 0) setFlagsFromString(`--minor-gc-task-trigger=${usualPercent}`);
  };
}

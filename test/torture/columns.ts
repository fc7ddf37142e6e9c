import { failpoints } from '../crash/failpoints.ts';
import { kills } from '../crash/kills.ts';
import { besideSkopeo } from './beside-skopeo.ts';
import type { Column } from './column.ts';
import { diskFaults } from './disk-faults.ts';
import { faultPoints } from './fault-points.ts';
import { fuzz } from './fuzz.ts';
import { hugeLayerOf } from './huge-layer.ts';
import { powerLossOfCache, powerLossOfJournal } from './power-loss.ts';
import { soakOf } from './soak.ts';

/** Everything that can be done to a copy; sizes of the heavy ones are the operator's. */
export function columnsOf(sizes: { readonly soak: number; readonly gibibytes: number }): readonly Column[] {
  return [
    faultPoints,
    kills,
    failpoints,
    powerLossOfCache,
    powerLossOfJournal,
    diskFaults,
    fuzz,
    soakOf(sizes.soak),
    hugeLayerOf(sizes.gibibytes),
    besideSkopeo,
  ];
}

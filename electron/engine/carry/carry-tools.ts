import type { Fillings } from '../copy/filling.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Leases } from '../kernel/leases.ts';
import type { Meter } from '../kernel/meter.ts';
import type { PatienceLimits } from '../kernel/patience.ts';

/** What carrying images to and from files works with; an engine gives it. */
export interface CarryTools {
  readonly clock: Clock;
  readonly limits: PatienceLimits;
  readonly leases: Leases;
  /** Blobs on their way into the cache; undefined to read straight into the file, with no second copy on disk. */
  readonly fillings: Fillings | undefined;
  readonly meter: Meter;
}

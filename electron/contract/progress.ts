import type { Descriptor } from '../oci/descriptor.ts';
import type { DeliveryPhase, ImagePhase, ImageResult } from './models.ts';

/** One blob on its way to one destination repository. Fields are assigned while bytes flow, and sampled by whoever shows them. */
export interface DeliveryProgress {
  readonly blob: Descriptor;
  phase: DeliveryPhase;
  receivedBytes: number;
  sentBytes: number;
  /** Bytes that were in the cache already; undefined where no cache is used. */
  cachedBytes?: number;
  /** True when the cache had no room for it, so that it went straight through. */
  isDirect?: boolean;
}

/** One image on its way to one destination. */
export interface ImageProgress {
  readonly source: string;
  readonly destination: string;
  phase: ImagePhase;
  readonly deliveries: DeliveryProgress[];
}

/** Hears what happens to images; called once an image changes its phase, never per chunk. */
export interface CopyObserver {
  readonly queued?: (progress: ImageProgress) => void;
  readonly changed?: (progress: ImageProgress) => void;
  readonly ended?: (result: ImageResult, progress: ImageProgress) => void;
}

import type { DeliveryPhase, ImagePhase } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';

/** One blob on its way to one destination repository. Fields are assigned while bytes flow, and sampled by whoever shows them. */
export interface DeliveryProgress {
  readonly blob: Descriptor;
  phase: DeliveryPhase;
  receivedBytes: number;
  sentBytes: number;
}

/** One image on its way to one destination. */
export interface ImageProgress {
  readonly source: string;
  readonly destination: string;
  phase: ImagePhase;
  readonly deliveries: DeliveryProgress[];
}

/** The progress of a blob that nothing was done for yet. */
export function newDelivery(blob: Descriptor): DeliveryProgress {
  return { blob, phase: 'waiting', receivedBytes: 0, sentBytes: 0 };
}

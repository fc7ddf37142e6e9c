import type { DeliveryProgress } from '../../contract/progress.ts';
import type { Descriptor } from '../../oci/descriptor.ts';

export type { DeliveryProgress, ImageProgress } from '../../contract/progress.ts';

/** The progress of a blob that nothing was done for yet. */
export function newDelivery(blob: Descriptor): DeliveryProgress {
  return { blob, phase: 'waiting', receivedBytes: 0, sentBytes: 0 };
}

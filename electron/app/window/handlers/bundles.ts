import type { bundleCommands, ExportOrder } from '../../../contract/bundles.ts';
import { formatReference } from '../../../oci/reference.ts';
import type { CallContext, HandlersOf } from '../context.ts';
import type { ImagesToCarry } from '../carry-parts.ts';
import { carriedJob } from '../carried-job.ts';
import { namesOf } from '../orders.ts';
import { KnownPlaces } from '../places.ts';
import { concurrency } from '../setting-list.ts';

type Names = keyof typeof bundleCommands;

/** Commands about files that cross a gap. */
export const bundleHandlers: HandlersOf<Names> = {
  'bundles.open': async (asked, { parts, signal }) => ({ bundle: await parts.carry.open(asked, signal) }),
  'bundles.reopen': async ({ bundle }, { parts }) => {
    await parts.carry.reopen(bundle);
    return {};
  },
  'bundles.close': async ({ bundle }, { parts }) => {
    await parts.carry.close(bundle);
    return {};
  },
  'bundles.check': async ({ bundle, action }, { parts }) => {
    parts.carry.check(bundle, action);
    return {};
  },
  'exports.estimate': async ({ order }, context) =>
    context.parts.carry.estimate(await imagesOf(order, context), context.signal),
  'exports.start': async ({ order, target }, context) => {
    const { parts, signal } = context;
    const images = await imagesOf(order, context);
    const carried = await parts.carry.exportOf(images, target, signal);
    return { job: await parts.jobs.start(carriedJob(carried), signal) };
  },
  'receipts.make': async ({ registry, prefix, target }, { parts, signal }) => {
    const { host } = (await KnownPlaces.read(parts.registries)).registry(registry);
    const below = prefix.replaceAll(/^\/+|\/+$/g, '');
    return { receipt: await parts.carry.receipt(below === '' ? host : `${host}/${below}`, target, signal) };
  },
  'receipts.stop': async ({ receipt }, { parts }) => {
    parts.carry.stopReceipt(receipt);
    return {};
  },
};

async function imagesOf(order: ExportOrder, { parts }: CallContext): Promise<ImagesToCarry> {
  const places = await KnownPlaces.read(parts.registries);
  const references = order.images.flatMap(namesOf).map((image) => formatReference(places.reference(image)));
  return { order, references, concurrency: await parts.settings.get(concurrency) };
}

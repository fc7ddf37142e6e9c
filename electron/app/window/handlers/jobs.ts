import type { planCommands } from '../../../contract/plans.ts';
import type { jobCommands } from '../../../contract/jobs.ts';
import type { CallContext, HandlersOf } from '../context.ts';
import { confirmed } from '../context.ts';
import { readOrder, type ReadOrder } from '../orders.ts';
import type { Prepared } from '../../prepare.ts';
import type { CopyOrder } from '../../../contract/plans.ts';

type Names = keyof typeof jobCommands | keyof typeof planCommands;

/** Commands about plans and about jobs that run or could. */
export const jobHandlers: HandlersOf<Names> = {
  'plans.make': async ({ order }, { parts, plans, signal }) => ({
    plan: plans.make(await readOrder(order, parts, signal)),
  }),
  'plans.save': ({ plan, format }, { plans }) => plans.file(plan, format),
  'plans.discard': async ({ plan }, { plans }) => {
    plans.discard(plan);
    return {};
  },
  'jobs.start': async (asked, context) => {
    const { read, prepared } =
      'plan' in asked ? await context.plans.take(asked.plan) : await prepare(asked.order, context);
    const { title, command, extra, wish, fromFile } = read;
    const job = await context.parts.jobs.start(
      {
        title,
        command,
        asked: wish.origin,
        prepared,
        options: wish.options,
        ...(extra && { extra }),
        ...(fromFile && { carried: fromFile }),
      },
      context.signal,
    );
    return { job };
  },
  'jobs.control': async (request, { parts, signal }) => {
    await parts.jobs.control(request, signal);
    return {};
  },
  'jobs.unfinished': (_, { parts, signal }) => parts.jobs.unfinished(signal),
  'jobs.adopt': async ({ job }, { parts, signal }) => {
    await parts.jobs.adopt(job, signal);
    return {};
  },
  'jobs.discard': async ({ job }, context) => {
    await confirmed(context, 'discard-job', String(job));
    await context.parts.jobs.discard(job, context.signal);
    return {};
  },
};

async function prepare(
  order: CopyOrder,
  { parts, signal }: CallContext,
): Promise<{ readonly read: ReadOrder; readonly prepared: Prepared }> {
  const read = await readOrder(order, parts, signal);
  if (read.fromFile !== undefined) return { read, prepared: await read.fromFile.prepare(signal) };
  if (read.extra === undefined) return { read, prepared: await parts.door.looks.prepare(read.wish, signal) };
  const looks = await parts.door.open(read.extra, signal);
  try {
    return { read, prepared: await looks.prepare(read.wish, signal) };
  } finally {
    await looks.close();
  }
}

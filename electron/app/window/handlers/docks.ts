import type { dockCommands } from '../../../contract/docks.ts';
import { isLoopback } from '../../../engine/engine.ts';
import { confirmed, type HandlersOf } from '../context.ts';

type Names = keyof typeof dockCommands;

/** Commands about docks. */
export const dockHandlers: HandlersOf<Names> = {
  'docks.start': async (order, context) => {
    const { parts, signal } = context;
    if (!isLoopback(order.address)) await confirmed(context, 'open-dock', `${order.address}:${order.port}`);
    return { dock: await parts.docks.start(order, signal) };
  },
  'docks.stop': async ({ dock }, { parts }) => {
    await parts.docks.stop(dock);
    return {};
  },
  'docks.addresses': async (_, { parts }) => parts.docks.addresses(),
  'docks.content': ({ serve }, { parts, signal }) => parts.docks.content(serve, signal),
};

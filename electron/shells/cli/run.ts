import { App } from '../../app/app.ts';
import { asCopyError, cancelledError, failureOf } from '../../app/errors.ts';
import { Console } from './console.ts';
import { type ConnectionFlags, connectionWish } from './options.ts';

/** CLI.md, "Exit status". */
export const exitStatus = { ok: 0, failed: 1, notTried: 2, interrupted: 130 } as const;

/** What a command works with. */
export interface CommandContext {
  readonly console: Console;
  /** Opens the app; what cannot be read ends the command with status 2. */
  readonly app: () => Promise<App>;
  readonly signal: AbortSignal;
}

/** Runs a command under Ctrl-C and SIGTERM and gives its exit status. Whatever it throws before anything was tried is status 2. */
export async function runCommand(
  flags: ConnectionFlags,
  command: (context: CommandContext) => Promise<number>,
): Promise<number> {
  const console = new Console(flags);
  const controller = new AbortController();
  let interruptions = 0;
  const interrupt = (): void => {
    if (++interruptions > 1) process.exit(exitStatus.interrupted);
    console.say(console.words.stopping);
    controller.abort(cancelledError('the job'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let app: App | undefined;
  const open = async (): Promise<App> => {
    app = await App.open(
      connectionWish(flags),
      {
        warn: (text) => console.warn(text),
        paused: (host, delayMs) => {
          const until = new Date(Date.now() + delayMs);
          console.event('paused', { host, until: until.toISOString() });
          console.say(console.words.paused(host, until.toLocaleTimeString()));
        },
      },
      controller.signal,
    );
    return app;
  };
  try {
    const status = await command({ console, app: open, signal: controller.signal });
    return controller.signal.aborted ? exitStatus.interrupted : status;
  } catch (thrown) {
    return reportThrown(console, thrown, app !== undefined, controller.signal);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await app?.close();
  }
}

function reportThrown(console: Console, thrown: unknown, wasTried: boolean, signal: AbortSignal): number {
  const error = asCopyError(thrown, { side: 'local', op: 'command', subject: 'arguments' });
  if (signal.aborted) {
    console.summary({ ok: false, failures: [] });
    return exitStatus.interrupted;
  }
  const failure = failureOf(error);
  console.failure(failure);
  console.summary({ ok: false, failures: [failure] });
  const isUse = error.side === 'local' && error.kind === 'invalid';
  return wasTried && !isUse ? exitStatus.failed : exitStatus.notTried;
}

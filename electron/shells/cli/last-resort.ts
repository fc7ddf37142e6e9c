import { copyError, failureOf, failureOfThrown } from '../../app/errors.ts';
import { Console } from './console.ts';
import { newJobName, summaryFacts } from './summary.ts';

const failed = 1;

/**
 * Sees to it that whatever nobody caught ends in one line of cause, one of remedy and status 1, never in a stack,
 * and that a reader who leaves early does no harm. Gives what must be called with the command's status at its end.
 */
export function installLastResort(argv: readonly string[]): (status: number) => void {
  const console = new Console({ json: argv.includes('--json'), quiet: false });
  let isEnded = false;
  let isOutputLost = false;
  const tell = (thrown: unknown): void => {
    const failure = failureOfThrown(thrown);
    const failures = [{ source: '', destination: '', ...failure }];
    console.failure(failure);
    console.summary(summaryFacts({ ok: false, failures }, undefined, process.uptime(), newJobName(new Date())));
  };
  // An unhandled rejection comes here too.
  process.on('uncaughtException', (error) => {
    tell(error);
    process.exit(failed);
  });
  process.on('exit', (status) => {
    if (isEnded || status !== 0) return;
    tell(new Error('the work stopped without an end'));
    process.exitCode = failed;
  });
  process.stderr.on('error', () => {});
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    // `| head -1` has seen enough; the work goes on, and its status still tells how it ended.
    if (cause.code === 'EPIPE' || isOutputLost) return;
    isOutputLost = true;
    process.exitCode ||= failed;
    const message = `the results cannot be written: ${cause.code ?? cause.message}`;
    console.complain(failureOf(copyError('disk', { side: 'local', op: 'stdout', subject: 'stdout', message, cause })));
  });
  return (status) => {
    isEnded = true;
    process.exitCode = status || (isOutputLost ? failed : 0);
  };
}

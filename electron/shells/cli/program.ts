import { Command, CommanderError } from 'commander';
import { refuse } from '../../app/places.ts';
import { failureOf } from '../../app/errors.ts';
import { copy } from './commands/copy.ts';
import { inspect } from './commands/inspect.ts';
import { type ListFlags, ls } from './commands/ls.ts';
import { plan } from './commands/plan.ts';
import { verify } from './commands/verify.ts';
import { Console } from './console.ts';
import { type ConnectionFlags, type CopyFlags, withConnection, withCopying } from './options.ts';
import { type Command as Work, exitStatus, runCommand } from './run.ts';
import { newJobName, summaryFacts } from './summary.ts';

/** Reads the arguments, runs the command they name and gives its exit status (CLI.md). */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  let status: number = exitStatus.ok;
  const program = newProgram(version, async (flags, source, destination, work) => {
    status = await runCommand(flags, { source, destination }, work);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return exitStatus.ok;
    if (argv.includes('--json')) endWrongUse(thrown.message);
    return exitStatus.notTried;
  }
  return status;
}

type Run = (flags: ConnectionFlags, source: string, destination: string, work: Work) => Promise<void>;

function newProgram(version: string, run: Run): Command {
  const program = new Command('image-ferry')
    .description('Carries container images from registry to registry without docker.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(see image-ferry --help)');

  withCopying(
    program.command('copy <source> <destinations...>').description('copy an image, or every tag with --all-tags'),
  ).action((source: string, destinations: string[], flags: CopyFlags) =>
    run(flags, source, destinations.join(' '), (context) =>
      (flags.dryRun ? plan : copy)(source, destinations, flags, context),
    ),
  );
  withCopying(
    program.command('plan <source> <destinations...>').description('say what copy would do; changes nothing'),
  ).action((source: string, destinations: string[], flags: CopyFlags) =>
    run(flags, source, destinations.join(' '), (context) => plan(source, destinations, flags, context)),
  );
  withConnection(
    program.command('ls <place>').description('repositories of HOST[/PREFIX], or with --tags the tags of a repository'),
  )
    .option('--tags', 'list the tags of a repository', false)
    .option('--all', 'with --tags: those of signatures and other referrers too', false)
    .action((place: string, flags: ListFlags) => run(flags, place, '', (context) => ls(place, flags, context)));
  withConnection(
    program.command('inspect <reference>').description('digest, media type, platforms, layers, sizes, referrers'),
  ).action((reference: string, flags: ConnectionFlags) =>
    run(flags, reference, '', (context) => inspect(reference, context)),
  );
  withConnection(
    program.command('verify <reference>').description('read an image whole and check every digest'),
  ).action((reference: string, flags: ConnectionFlags) =>
    run(flags, reference, '', (context) => verify(reference, context)),
  );
  return program;
}

/** The last line of `--json` for arguments that name no command; commander has told a person already. */
function endWrongUse(message: string): void {
  const failure = failureOf(refuse(message.replace(/^error: /, '')));
  const ending = { ok: false, failures: [{ source: '', destination: '', ...failure }] };
  const console = new Console({ json: true, quiet: false });
  console.summary(summaryFacts(ending, undefined, 0, newJobName(new Date())));
}

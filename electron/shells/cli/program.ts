import { Command, CommanderError } from 'commander';
import { copy } from './commands/copy.ts';
import { inspect } from './commands/inspect.ts';
import { type ListFlags, ls } from './commands/ls.ts';
import { plan } from './commands/plan.ts';
import { verify } from './commands/verify.ts';
import { type ConnectionFlags, type CopyFlags, withConnection, withCopying } from './options.ts';
import { type CommandContext, exitStatus, runCommand } from './run.ts';

/** Reads the arguments, runs the command they name and gives its exit status (CLI.md). */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  let status: number = exitStatus.ok;
  const run = async (flags: ConnectionFlags, command: (context: CommandContext) => Promise<number>): Promise<void> => {
    status = await runCommand(flags, command);
  };
  const program = new Command('image-ferry')
    .description('Carries container images from registry to registry without docker.')
    .version(version)
    .exitOverride()
    .configureHelp({ optionDescription: (option) => option.description })
    .showHelpAfterError('(see image-ferry --help)');

  withCopying(
    program.command('copy <source> <destinations...>').description('copy an image, or every tag with --all-tags'),
  ).action((source: string, destinations: string[], flags: CopyFlags) =>
    run(flags, (context) => (flags.dryRun ? plan : copy)(source, destinations, flags, context)),
  );
  withCopying(
    program.command('plan <source> <destinations...>').description('say what copy would do; changes nothing'),
  ).action((source: string, destinations: string[], flags: CopyFlags) =>
    run(flags, (context) => plan(source, destinations, flags, context)),
  );
  withConnection(
    program.command('ls <place>').description('repositories of HOST[/PREFIX], or with --tags the tags of a repository'),
  )
    .option('--tags', 'list tags', false)
    .option('--all', 'tags that hold signatures and other referrers too', false)
    .action((place: string, flags: ListFlags) => run(flags, (context) => ls(place, flags, context)));
  withConnection(
    program.command('inspect <reference>').description('digest, platforms, layers, sizes, referrers'),
  ).action((reference: string, flags: ConnectionFlags) => run(flags, (context) => inspect(reference, context)));
  withConnection(
    program.command('verify <reference>').description('read an image whole and check every digest'),
  ).action((reference: string, flags: ConnectionFlags) => run(flags, (context) => verify(reference, context)));

  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return thrown.exitCode === 0 ? exitStatus.ok : exitStatus.notTried;
  }
  return status;
}

import { Command, CommanderError } from 'commander';
import { refuse } from '../../app/places.ts';
import { failureOf } from '../../app/errors.ts';
import { copy, placeOf, plan } from './commands/copy.ts';
import { cacheStatus, cacheTrim, cacheVerify } from './commands/cache.ts';
import { dataRemove, type RemoveFlags } from './commands/data.ts';
import { exportPlace, exportToFile } from './commands/export.ts';
import { history, type HistoryFlags } from './commands/history.ts';
import { importFiles, importPlace } from './commands/import.ts';
import { inspect } from './commands/inspect.ts';
import { login, type LoginFlags, logout } from './commands/login.ts';
import { type ListFlags, ls } from './commands/ls.ts';
import { receipt, type ReceiptFlags } from './commands/receipt.ts';
import { retry, type RetryFlags } from './commands/retry.ts';
import { serve, type ServeFlags, withServe } from './commands/serve.ts';
import { sync, syncPlace } from './commands/sync.ts';
import type { UiFlags } from './commands/ui.ts';
import { verify, type VerifyFlags } from './commands/verify.ts';
import { Console } from './console.ts';
import {
  type ChoiceFlags,
  collect,
  type ConnectionFlags,
  type CopyFlags,
  defaultRetries,
  type ExportFlags,
  type FolderFlags,
  type ImportFlags,
  integer,
  outputPath,
  sizeBytes,
  type SyncFlags,
  tagWish,
  withChoice,
  withConnection,
  withCopying,
  withExport,
  withFolder,
  withImport,
  withoutConnection,
  withRetries,
  withSync,
  withSyncFiles,
  withTrust,
} from './options.ts';
import { type Command as Work, exitStatus, runCommand } from './run.ts';
import { newJobName, type Place, summaryFacts } from './summary.ts';

/** Reads the arguments, runs the command they name and gives its exit status (CLI.md). */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  let status: number = exitStatus.ok;
  // one word for the desktop and for the terminal
  const given = argv[0] === '--self-test' ? ['self-test', ...argv.slice(1)] : argv;
  const program = newProgram(version, async (flags, source, destination, work) => {
    status = await runCommand(flags, { source, destination }, work);
  });
  try {
    await program.parseAsync(given, { from: 'user' });
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
    withRetries(
      withChoice(program.command('copy [places...]').usage('[options] <source> <destinations...>')),
    ).description('copy an image, chosen tags of a repository, or a list, to one or more destinations'),
  ).action((places: string[], flags: CopyFlags & ChoiceFlags, command: Command) => {
    const { source, destination } = readPlaces(places, flags, command);
    return run(flags, source, destination, (context) => copy(places, flags, context));
  });
  withCopying(
    withSync(withSyncFiles(program.command('sync'))).description("copy by image-syncer's files, unchanged"),
  ).action((given: Omit<CopyFlags, 'concurrency'> & Omit<SyncFlags, 'rounds'>) => {
    const flags = { ...given, rounds: given.retries, retries: defaultRetries };
    const { source, destination } = syncPlace(flags);
    return run(flags, source, destination, (context) => sync(flags, context));
  });
  withCopying(
    withSyncFiles(
      withRetries(withChoice(program.command('plan [places...]').usage('[options] <source> <destinations...>'))),
    ).description('say what copy or sync would do; changes nothing'),
  ).action((places: string[], flags: CopyFlags & ChoiceFlags & SyncFlags, command: Command) => {
    if (flags.images !== undefined || flags.config !== undefined) {
      refuseChoice(places, flags, command);
      const { source, destination } = syncPlace(flags);
      const syncFlags = { ...flags, proc: flags.concurrency, rounds: 0, dryRun: true };
      return run(flags, source, destination, (context) => sync(syncFlags, context));
    }
    if (flags.os.length + flags.arch.length > 0)
      command.error('error: --os and --arch go with --images or --config; here --platform chooses', {
        exitCode: exitStatus.notTried,
      });
    const { source, destination } = readPlaces(places, flags, command);
    return run(flags, source, destination, (context) => plan(places, flags, context));
  });
  withConnection(
    withRetries(
      program
        .command('ls <place>')
        .description('repositories of HOST[/PREFIX], of library: or of oci:DIR; with --tags the tags of a repository'),
    ),
  )
    .option('--tags', 'list the tags of a repository', false)
    .option('--all', 'with --tags: those of signatures and other referrers too', false)
    .action((place: string, flags: ListFlags) => run(flags, place, '', (context) => ls(place, flags, context)));
  withConnection(
    withRetries(program.command('inspect <reference>')).description(
      'digest, media type, platforms, layers, sizes, referrers',
    ),
  ).action((reference: string, flags: ConnectionFlags) =>
    run(flags, reference, '', (context) => inspect(reference, context)),
  );
  withTrust(
    withConnection(
      withRetries(program.command('verify <place>')).description(
        'read an image, or a file of images, whole and check every digest',
      ),
    ),
  ).action((place: string, flags: VerifyFlags) => run(flags, place, '', (context) => verify(place, flags, context)));
  addFileCommands(program, run);
  addFolderCommands(program, run);
  withFolder(program.command('self-test').description('look at what this machine gives the program')).action(
    (flags: FolderFlags) =>
      run(withoutConnection(flags), 'self-test', '', async (context) =>
        (await import('./commands/self-test.ts')).selfTest(flags, context, version),
      ),
  );
  withFolder(program.command('ui').description('the window in a browser of this machine; prints a one-time address'))
    .option('--port <n>', 'the port on loopback; a free one unless given', integer(0, 65_535), 0)
    .option('--no-open', 'start no browser')
    .option('--files <dir>', 'a folder that files may be chosen from (repeatable; your own unless given)', collect, [])
    .action((flags: UiFlags & FolderFlags) =>
      run(withoutConnection(flags), 'ui', '', async (context) => {
        // the window is more than all the rest, and no other command needs it
        const { runUi } = await import('./ui-surroundings.ts');
        return runUi(flags, context, version);
      }),
    );
  return program;
}

/** The commands for files that carry images across a gap. */
function addFileCommands(program: Command, run: Run): void {
  withExport(withRetries(withChoice(program.command('export [references...]'))))
    .description('write images into a file that crosses a gap')
    .action((references: string[], flags: ExportFlags, command: Command) => {
      if (references.length === 0 && flags.list === undefined)
        command.error("error: missing required argument 'references'", { exitCode: exitStatus.notTried });
      const { source, destination } = exportPlace(references, flags);
      return run(flags, source, destination, (context) => exportToFile(references, flags, context));
    });
  withImport(withRetries(program.command('import <files...>')))
    .description(
      'push what a bundle, an OCI layout, a docker-archive or a registry storage tree holds, or keep it in the library',
    )
    .action((files: string[], flags: ImportFlags) => {
      const { source, destination } = importPlace(files, flags);
      return run(flags, source, destination, (context) => importFiles(files, flags, context));
    });
  withConnection(withRetries(program.command('receipt <place>')))
    .description('list what HOST[/PREFIX] holds already, to make the next bundle small')
    .requiredOption('-o, --output <file>', 'the receipt to be written', outputPath)
    .action((place: string, flags: ReceiptFlags) => run(flags, place, '', (context) => receipt(place, flags, context)));
}

/** The commands that work with what is kept in the data folder. */
function addFolderCommands(program: Command, run: Run): void {
  withFolder(program.command('history [job]').description('what ran; with a number, how each image of that job ended'))
    .option('--failed', 'only jobs, or images, that failed', false)
    .option('--search <words>', 'only jobs with these words: image, registry, date, outcome, who')
    .option('--log', 'with a number: what was logged while that job ran', false)
    .option('--most <n>', 'at most so many jobs (50)', integer(1, 1000), 50)
    .action((job: string | undefined, flags: HistoryFlags & FolderFlags) =>
      run(withoutConnection(flags), job ?? '', '', (context) => history(job, flags, context)),
    );
  withConnection(
    withRetries(program.command('retry <job>').description('run again what of a job failed or never ended')),
  )
    .option('--all', 'every image of the job', false)
    .option('--no-cache', 'copy straight through, with nothing of the images on disk')
    .option('--report <file>', 'write a report: .json, .csv or .html', outputPath)
    .action((job: string, flags: RetryFlags & ConnectionFlags) =>
      run(flags, job, '', (context) => retry(job, flags, context)),
    );
  withConnection(
    withRetries(program.command('login <host>').description('keep an account in the vault, once the host let it in')),
  )
    .requiredOption('-u, --user <user>', 'the user or robot account')
    .option('--password-stdin', 'read the password from standard input', false)
    .action((host: string, flags: LoginFlags & ConnectionFlags) =>
      run(flags, host, '', (context) => login(host, flags, context)),
    );
  withFolder(program.command('logout <host>').description('let go of what the vault keeps for a host')).action(
    (host: string, flags: FolderFlags) => run(withoutConnection(flags), host, '', (context) => logout(host, context)),
  );
  withServe(program.command('serve')).action((flags: ServeFlags) =>
    run(withoutConnection(flags), 'serve', '', (context) => serve(flags, context)),
  );
  const cache = program.command('cache').description('the blobs kept on this machine');
  withFolder(cache.command('status').description('what it holds')).action((flags: FolderFlags) =>
    run(withoutConnection(flags), 'cache', '', cacheStatus),
  );
  withFolder(cache.command('verify').description('hash every blob; put aside what rotted')).action(
    (flags: FolderFlags) => run(withoutConnection(flags), 'cache', '', cacheVerify),
  );
  withFolder(cache.command('trim').description('delete what nobody needs, the least used first'))
    .requiredOption('--to <size>', 'until so much is left, such as 20GiB', sizeBytes)
    .action((flags: FolderFlags & { to: number }) =>
      run(withoutConnection(flags), 'cache', '', (context) => cacheTrim(flags, context)),
    );
  const data = program.command('data').description('everything kept on this machine');
  withFolder(
    data.command('remove').description('take cache, library, history, vault and logs away, as before uninstalling'),
  )
    .option('--yes', 'without this it only says what would go', false)
    .action((flags: RemoveFlags) => run(withoutConnection(flags), 'data', '', (context) => dataRemove(flags, context)));
}

/** The arguments of `copy` and `plan`; too few of them are wrong use. */
function readPlaces(places: readonly string[], flags: ChoiceFlags, command: Command): Place {
  const least = flags.list === undefined ? 2 : 1;
  if (places.length >= least) return placeOf(places, flags);
  const missing = flags.list === undefined && places.length === 0 ? 'source' : 'destinations';
  return command.error(`error: missing required argument '${missing}'`, { exitCode: exitStatus.notTried });
}

/** A file of rules says all of it: whatever else chooses images would be passed over in silence. */
function refuseChoice(places: readonly string[], flags: ChoiceFlags, command: Command): void {
  if (places.length === 0 && tagWish(flags) === undefined && flags.list === undefined) return;
  command.error('error: --images and --config say what goes where; leave other arguments and choices out', {
    exitCode: exitStatus.notTried,
  });
}

/** The last line of `--json` for arguments that name no command; commander has told a person already. */
function endWrongUse(message: string): void {
  const failure = failureOf(refuse(message.replace(/^error: /, '')));
  const ending = { ok: false, failures: [{ source: '', destination: '', ...failure }] };
  const console = new Console({ json: true, quiet: false });
  console.summary(summaryFacts(ending, undefined, 0, newJobName(new Date())));
}

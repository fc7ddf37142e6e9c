import { text as readAll } from 'node:stream/consumers';
import { signIn, signOut } from '../../../app/accounts.ts';
import { refuse } from '../../../app/places.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** The options of `login`. */
export interface LoginFlags {
  readonly user: string;
  readonly passwordStdin: boolean;
}

const mostPassword = 10_000;

/** `login HOST -u USER --password-stdin`: keeps the account in the vault once the host let it in. */
export async function login(host: string, flags: LoginFlags, context: CommandContext): Promise<SummaryFacts> {
  const { console, connection, signal } = context;
  if (!flags.passwordStdin) throw refuse('give the password on standard input, with --password-stdin');
  const password = (await readAll(process.stdin)).replace(/\r?\n$/, '');
  if (password === '' || password.length > mostPassword) throw refuse('there is no password on standard input');
  const workspace = await context.workspace();
  const listener = { ...context.listener, paused: () => {} };
  await signIn(workspace, { host, user: flags.user, password }, connection, listener, signal);
  console.event('signed-in', { host, user: flags.user });
  console.result(console.words.signedIn(flags.user, host));
  return context.facts({ ok: true, failures: [] });
}

/** `logout HOST`: the vault lets go of what it keeps for the host. */
export async function logout(host: string, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const wasKept = await signOut(await context.workspace(), host, signal);
  console.event('signed-out', { host, wasKept });
  console.result(wasKept ? console.words.signedOut(host) : console.words.notSignedIn(host));
  return context.facts({ ok: true, failures: [] });
}

import { once } from 'node:events';
import { isIP } from 'node:net';
import { type Command, InvalidArgumentError } from 'commander';
import type { Language } from '../../../contract/language.ts';
import { formatBytes } from '../../../contract/format.ts';
import { type Docking, type DockingNotice, type DockingWish, openDocking } from '../../../app/docking.ts';
import { collect, durationMs, type FolderFlags, positiveSize, withFolder } from '../options.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** The options of `serve`. */
export interface ServeFlags extends FolderFlags {
  readonly listen: Pick<DockingWish, 'host' | 'port'>;
  readonly bundle?: string;
  readonly writable: boolean;
  readonly htpasswd?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly allow: readonly string[];
  readonly catalog: boolean;
  readonly stopAfter?: number;
  readonly repository: readonly string[];
  readonly limitRate?: number;
  readonly snippets: boolean;
}

interface ServeWords {
  readonly serving: (url: string) => string;
  readonly until: (time: string) => string;
  readonly stop: string;
  readonly over: string;
  readonly notices: Readonly<Record<DockingNotice, string>>;
}

const words: Readonly<Record<Language, ServeWords>> = {
  en: {
    serving: (url) => `serving at ${url}`,
    until: (time) => `until ${time}`,
    stop: 'Ctrl-C: end.',
    over: 'the time is over; nothing is served any more',
    notices: {
      'password-in-clear': 'passwords cross the network in clear; give --tls-cert and --tls-key',
      'open-to-network': 'everybody on this network can pull; --allow and --htpasswd narrow that down',
    },
  },
  'zh-CN': {
    serving: (url) => `正在提供服务：${url}`,
    until: (time) => `截止时间：${time}`,
    stop: '按 Ctrl-C 结束。',
    over: '时间已到，服务已停止',
    notices: {
      'password-in-clear': '密码将以明文在网络上传输；请使用 --tls-cert 和 --tls-key',
      'open-to-network': '此网络上的任何人都可以拉取；可用 --allow 和 --htpasswd 限制',
    },
  },
};

const longestMs = 24 * 86_400_000;

/** Adds what `serve` has. */
export function withServe(command: Command): Command {
  return withFolder(command)
    .description("serve this machine's library, or a file of images, as a registry until it is interrupted")
    .option('--listen <address:port>', 'where (127.0.0.1:5000)', address, { host: '127.0.0.1', port: 5000 })
    .option('--bundle <file>', 'serve a bundle, an OCI layout or archive, a docker-archive or a registry storage tree')
    .option('--writable', 'take pushes; off loopback only with --htpasswd', false)
    .option('--htpasswd <file>', 'ask for users of a file made by htpasswd -B')
    .option('--tls-cert <file>', 'speak TLS with this certificate chain in PEM')
    .option('--tls-key <file>', 'and this key')
    .option('--allow <cidr>', 'only these addresses may connect, such as 10.0.0.0/8 (repeatable)', collect, [])
    .option('--repository <name>', 'serve only this repository (repeatable)', collect, [])
    .option('--catalog', 'answer lists of repositories', false)
    .option('--limit-rate <size>', 'send at most so many bytes a second in all, such as 10MiB', positiveSize)
    .option('--stop-after <time>', 'stop by itself, such as after 90s, 30m or 2h', stopAfterMs)
    .option('--snippets', 'print what docker, containerd, k3s and Harbor are told', false);
}

/** `serve`: the dock, until it is interrupted or its time is over. */
export async function serve(flags: ServeFlags, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const text = words[console.language];
  const workspace = await context.workspace();
  let pulledBytes = 0;
  const docking = await openDocking(
    wishOf(flags),
    workspace,
    (request) => {
      pulledBytes += request.sentBytes;
      const { clientAddress, user, method, repository, reference, status, sentBytes, isComplete } = request;
      const who = user === undefined ? clientAddress : `${user}@${clientAddress}`;
      const what = repository === undefined ? '' : ` ${repository}${reference === undefined ? '' : ` ${reference}`}`;
      console.step('request', { clientAddress, user, method, repository, reference, status, sentBytes, isComplete });
      if (repository !== undefined && method !== 'HEAD')
        console.say(`${who} ${method}${what} ${status} ${formatBytes(sentBytes)}`);
    },
    signal,
  );
  try {
    tell(docking, flags, context, text);
    const isOver = await endOf(docking, signal);
    if (isOver) console.say(text.over);
  } finally {
    await docking.close();
  }
  console.event('served', { sentBytes: pulledBytes });
  return context.facts({ ok: true, failures: [] });
}

function tell(docking: Docking, flags: ServeFlags, { console }: CommandContext, text: ServeWords): void {
  const { host, url, stopsAtMs, notices, snippets } = docking;
  const until = stopsAtMs === undefined ? undefined : new Date(stopsAtMs);
  console.event('serving', { host, url, writable: flags.writable, stopsAt: until?.toISOString() });
  for (const notice of notices) console.warn(text.notices[notice]);
  console.result(text.serving(url));
  if (until !== undefined) console.say(text.until(until.toLocaleTimeString()));
  if (flags.snippets) {
    for (const snippet of snippets) {
      console.result(`# ${snippet.program}: ${snippet.place}`);
      for (const line of snippet.text.trimEnd().split('\n')) console.result(line);
    }
  }
  console.say(text.stop);
}

/** Resolves when the command is interrupted, or the dock stopped by itself: then true. */
async function endOf(docking: Docking, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const interrupted = once(signal, 'abort').then(() => false);
  return Promise.race([docking.ended.then(() => true), interrupted]);
}

function wishOf(flags: ServeFlags): DockingWish {
  return {
    ...flags.listen,
    isWritable: flags.writable,
    hasCatalog: flags.catalog,
    allow: flags.allow,
    repositories: flags.repository,
    ...(flags.bundle === undefined ? {} : { file: flags.bundle }),
    ...(flags.htpasswd === undefined ? {} : { htpasswdFile: flags.htpasswd }),
    ...(flags.tlsCert === undefined ? {} : { certFile: flags.tlsCert }),
    ...(flags.tlsKey === undefined ? {} : { keyFile: flags.tlsKey }),
    ...(flags.stopAfter === undefined ? {} : { stopAfterMs: flags.stopAfter }),
    ...(flags.limitRate === undefined ? {} : { bytesPerSecond: flags.limitRate }),
  };
}

function address(text: string): Pick<DockingWish, 'host' | 'port'> {
  const [, bracketed, plain, port = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  if ((isIP(host) === 0 && host !== 'localhost') || Number(port) > 65_535)
    throw new InvalidArgumentError('give an address of this machine and a port, such as 127.0.0.1:5000 or [::1]:5000');
  return { host, port: Number(port) };
}

function stopAfterMs(text: string): number {
  const ms = durationMs(text);
  if (ms > 0 && ms <= longestMs) return ms;
  throw new InvalidArgumentError('give a time of at most 24 days');
}

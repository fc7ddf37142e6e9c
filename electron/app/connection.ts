import { readFile, stat } from 'node:fs/promises';
import type { ConnectionWish } from '../contract/requests.ts';
import { parseHost } from '../oci/reference.ts';
import { copyError, Engine, type HostSettings, loadCredentials, systemClock } from '../engine/engine.ts';

/** What a shell hears while an engine is open. */
export interface ConnectionListener {
  /** Something an operator should know, in a sentence without any secret. */
  readonly warn: (text: string) => void;
  /** A host asked to be left alone for so long. */
  readonly paused: (host: string, delayMs: number) => void;
}

const maxCaBytes = 4 * 1024 * 1024;

/** An engine with this machine's credentials and the operator's switches; throws CopyError of kind `invalid` for what cannot be read. */
export async function openEngine(
  wish: ConnectionWish,
  listener: ConnectionListener,
  signal: AbortSignal,
): Promise<Engine> {
  const credentials = await loadCredentials(
    {
      environment: process.env,
      clock: systemClock,
      warn: listener.warn,
      ...(wish.authFile === undefined ? {} : { authFile: wish.authFile }),
    },
    signal,
  );
  const hosts = new Map<string, HostSettings>();
  const add = (names: readonly string[], settings: HostSettings): void => {
    for (const name of names) {
      const host = parseHost(name);
      hosts.set(host, { ...hosts.get(host), ...settings });
    }
  };
  add(credentials.insecureHosts, { insecure: true, mayBePlain: true });
  add(wish.insecure, { insecure: true });
  add(wish.plainHttp, { plainHttp: true });
  for (const host of credentials.insecureHosts) {
    listener.warn(
      `the auth file marks ${host} insecure: its certificate is not checked, and plain http is used if it speaks no TLS`,
    );
  }
  return new Engine({
    credentials: credentials.source,
    hosts,
    retries: wish.retries,
    waitMs: wish.waitMs,
    onPause: listener.paused,
    ...(wish.caFile === undefined ? {} : { ca: await readCa(wish.caFile) }),
    ...(wish.proxy === undefined ? {} : { proxy: { url: proxyUrl(wish.proxy) } }),
  });
}

async function readCa(file: string): Promise<string> {
  const wrong = (what: string, cause?: unknown) =>
    copyError('invalid', {
      side: 'local',
      op: 'ca.read',
      subject: file,
      message: `the CA file ${file} ${what}`,
      cause,
    });
  let text: string;
  try {
    if ((await stat(file)).size > maxCaBytes) throw wrong('is too large');
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    throw wrong('cannot be read', thrown);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw wrong('holds no certificate in PEM form');
  return text;
}

function proxyUrl(text: string): string {
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(spelled) ? new URL(spelled) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '')
    return spelled;
  // the text may hold a password, so it is not repeated
  throw copyError('invalid', {
    side: 'local',
    op: 'proxy.read',
    subject: '--proxy',
    message: 'the value of --proxy is not an address such as http://proxy:3128',
  });
}

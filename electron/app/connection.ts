import type { ConnectionWish } from '../contract/requests.ts';
import { parseHost } from '../oci/reference.ts';
import {
  type BlobCache,
  type CredentialSource,
  Engine,
  type Finding,
  finding,
  type HostSettings,
  type LoadedCredentials,
  loadCredentials,
  type OpenLibrary,
  type LiveSecrets,
  type Store,
  systemClock,
  watchedCredentials,
} from '../engine/engine.ts';
import { readCaFile } from './ca-file.ts';
import type { Logger } from './log-records.ts';
import { refuse } from './places.ts';

/** What a shell hears while an engine is open. */
export interface ConnectionListener {
  /** Something an operator should know, in a sentence without any secret. */
  readonly warn: (text: string) => void;
  /** The same as a finding, which can be told in every language. */
  readonly found: (finding: Finding) => void;
  /** A host asked to be left alone for so long. */
  readonly paused: (host: string, delayMs: number, downForMs?: number) => void;
  /** A host that could not be reached answers again. */
  readonly resumed?: (host: string, downForMs: number) => void;
  /** What happens, for support; nothing is kept where there is none. */
  readonly logger?: Logger;
  /** Every secret that the engine works with is put in here, to be kept out of logs. */
  readonly secrets?: LiveSecrets;
}

/** An engine and the credentials it works with. */
export interface Connection {
  readonly engine: Engine;
  readonly credentials: LoadedCredentials;
}

/** What an engine has beside an operator's switches. */
export interface ConnectionParts {
  readonly cache?: BlobCache | undefined;
  /** The images kept on this machine. */
  readonly library?: OpenLibrary | undefined;
  /** Where this program keeps credentials. */
  readonly vault?: CredentialSource;
  /** Token servers that hosts named in earlier runs. */
  readonly realms?: Pick<Store['realms'], 'pin'>;
  /** PEM of CAs trusted for every host. */
  readonly ca?: string | undefined;
  /** What variables in credentials that were given stand for; this process's environment unless given. */
  readonly variables?: Readonly<Record<string, string>>;
  /** How to reach hosts that the operator keeps; the switches of a wish go before them. */
  readonly hosts?: ReadonlyMap<string, HostSettings>;
}

/** An engine with this machine's credentials and the operator's switches; throws CopyError of kind `invalid` for what cannot be read. */
export async function openEngine(
  wish: ConnectionWish,
  listener: ConnectionListener,
  parts: ConnectionParts,
  signal: AbortSignal,
): Promise<Connection> {
  const { cache, library, vault, realms, variables } = parts;
  const proxy = wish.proxy === undefined ? undefined : proxyUrl(wish.proxy);
  const ca = wish.caFile === undefined ? parts.ca : await readCaFile(wish.caFile);
  const credentials = await loadCredentials(
    {
      environment: process.env,
      clock: systemClock,
      warn: listener.warn,
      ...(vault === undefined ? {} : { vault }),
      ...(variables === undefined ? {} : { variables }),
      ...(wish.authFile === undefined ? {} : { authFile: wish.authFile }),
      ...(wish.auths === undefined ? {} : { auths: wish.auths }),
      ...(wish.authText === undefined ? {} : { authText: wish.authText }),
    },
    signal,
  );
  const hosts = hostSettings(wish, credentials.insecureHosts, parts.hosts);
  for (const host of credentials.insecureHosts) listener.found(finding('insecure-host', {}, { host }));
  const { secrets } = listener;
  if (proxy !== undefined) addProxyPassword(proxy, secrets);
  const engine = new Engine({
    credentials: secrets === undefined ? credentials.source : watchedCredentials(credentials.source, secrets),
    ...(secrets === undefined ? {} : { clean: (text: string) => secrets.redact(text) }),
    hosts,
    retries: wish.retries,
    waitMs: wish.waitMs,
    onPause: listener.paused,
    ...(listener.resumed === undefined ? {} : { onResume: listener.resumed }),
    ...(wish.limitRate === undefined ? {} : { limitRate: wish.limitRate }),
    ...(listener.logger === undefined ? {} : { logger: listener.logger }),
    ...(cache === undefined ? {} : { cache }),
    ...(library === undefined ? {} : { library: library.place, libraryNames: library.names }),
    ...(realms === undefined ? {} : { realms }),
    ...(ca === undefined ? {} : { ca }),
    ...(proxy === undefined ? {} : { proxy: { url: proxy } }),
  });
  return { engine, credentials };
}

/** The switches of every host that has some; `marked` are those that the auth file calls insecure. */
function hostSettings(
  wish: ConnectionWish,
  marked: readonly string[],
  kept: ReadonlyMap<string, HostSettings> = new Map(),
): ReadonlyMap<string, HostSettings> {
  const hosts = new Map(kept);
  const add = (names: readonly string[], settings: HostSettings): void => {
    for (const host of names.map(parseHost)) hosts.set(host, { ...hosts.get(host), ...settings });
  };
  add(marked, { insecure: true, mayBePlain: true });
  add(wish.insecure, { insecure: true });
  add(wish.plainHttp, { plainHttp: true });
  return hosts;
}

function addProxyPassword(proxy: string, secrets: LiveSecrets | undefined): void {
  const { password } = new URL(proxy);
  secrets?.add(password);
  try {
    secrets?.add(decodeURIComponent(password));
  } catch {
    // a stray % stands for itself
  }
}

function proxyUrl(text: string): string {
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(spelled) ? new URL(spelled) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '')
    return spelled;
  // the text may hold a password, so it is not repeated
  throw refuse('the value of --proxy is not an address such as http://proxy:3128');
}

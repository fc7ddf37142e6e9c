import type { ConnectionWish } from '../../contract/requests.ts';
import { parseHost } from '../../oci/reference.ts';
import { CopyError, type CredentialSource, type HostSettings } from '../../engine/engine.ts';
import { App } from '../app.ts';
import type { ConnectionListener } from '../connection.ts';
import type { Home } from '../home.ts';
import { noVariables } from '../window/given-text.ts';
import type { Door, ExtraAccess, Looks, RegistryBook, SettingsBook } from '../window/parts.ts';
import { optionalSettings, plainSettings } from '../window/setting-list.ts';

/** What lines are opened with. */
export interface LinesParts {
  readonly home: Home;
  readonly settings: SettingsBook;
  readonly registries: RegistryBook;
  /** What the vaults keep. */
  readonly credentials: CredentialSource;
  /** The proxy's own credential put into its address; undefined when no proxy is set. */
  readonly proxy: (signal: AbortSignal) => Promise<string | undefined>;
  readonly listener: ConnectionListener;
}

/** A line that somebody uses. */
export interface Line {
  readonly app: App;
  /** Lets it go; it closes once nobody uses it and a newer one is there. */
  release(): Promise<void>;
}

interface Open {
  readonly app: App;
  users: number;
  isOld: boolean;
}

const uncalledOff = new AbortController().signal;

/**
 * The ways to registries: the one that holds now, by settings, registries and credentials as they are, and older ones for as long
 * as a job uses them.
 */
export class Lines implements Door {
  readonly #parts: LinesParts;
  readonly #used = new Set<Open>();
  #now: Open;

  private constructor(parts: LinesParts, now: Open) {
    this.#parts = parts;
    this.#now = now;
  }

  /** Opens the first line. */
  static async open(parts: LinesParts): Promise<Lines> {
    return new Lines(parts, { app: await openApp(parts, undefined, uncalledOff), users: 0, isOld: false });
  }

  get looks(): Looks {
    return this.#now.app;
  }

  /** The line as it is now, for a question. */
  get app(): App {
    return this.#now.app;
  }

  get isDirect(): boolean {
    return this.#parts.home.cache === undefined;
  }

  /** The line as it is now, for a job; with extra access one of its own. */
  async use(extra: ExtraAccess | undefined, signal: AbortSignal): Promise<Line> {
    const open =
      extra === undefined ? this.#now : { app: await openApp(this.#parts, extra, signal), users: 0, isOld: true };
    open.users++;
    this.#used.add(open);
    let isHeld = true;
    return {
      app: open.app,
      release: async () => {
        if (!isHeld) return;
        isHeld = false;
        open.users--;
        if (open.users === 0) this.#used.delete(open);
        await closeUnlessUsed(open);
      },
    };
  }

  async open(extra: ExtraAccess, signal: AbortSignal): Promise<Looks & { close(): Promise<void> }> {
    return openApp(this.#parts, extra, signal);
  }

  async renew(): Promise<void> {
    // jobs that run keep their line; only its speed is set anew
    const rate = await this.#parts.settings.get(optionalSettings.rateBytesPerSecond);
    for (const { app } of this.#used) app.setRate(rate);
    const before = this.#now;
    this.#now = { app: await openApp(this.#parts, undefined, uncalledOff), users: 0, isOld: false };
    before.isOld = true;
    await closeUnlessUsed(before);
  }

  /** The machine was asleep or changed its network: connections are made anew. */
  reconnect(): void {
    for (const { app } of new Set([this.#now, ...this.#used])) app.reconnect();
  }

  /** Ends the line that holds now. */
  async close(): Promise<void> {
    await this.#now.app.close();
  }
}

async function closeUnlessUsed(open: Open): Promise<void> {
  if (open.isOld && open.users === 0) await open.app.close();
}

async function openApp(parts: LinesParts, extra: ExtraAccess | undefined, signal: AbortSignal): Promise<App> {
  const { home, settings, registries, credentials, listener } = parts;
  const proxy = await parts.proxy(signal);
  const ca = await settings.get(optionalSettings.ca);
  const limitRate = await settings.get(optionalSettings.rateBytesPerSecond);
  const wish: ConnectionWish = {
    plainHttp: [],
    insecure: [],
    retries: await settings.get(plainSettings.retries),
    waitMs: (await settings.get(plainSettings.waitMinutes)) * 60_000,
    ...(proxy === undefined ? {} : { proxy }),
    ...(limitRate === undefined ? {} : { limitRate }),
    ...(extra?.kind === 'auths' ? { auths: extra.auths } : {}),
    ...(extra?.kind === 'auth-text' ? { authText: extra.text } : {}),
  };
  const hosts = new Map<string, HostSettings>();
  for (const { host, plainHttp, insecure, ca: own } of await registries.list())
    hosts.set(host, settingsOf({ plainHttp, insecure, ca: own }));
  const vault = extra?.kind === 'draft' ? draftCredentials(extra, credentials) : credentials;
  if (extra?.kind === 'draft') hosts.set(parseHost(extra.draft.host), settingsOf(extra.draft));
  return App.over(
    home,
    wish,
    { vault, hosts, variables: noVariables, ...(ca === undefined ? {} : { ca }) },
    listener,
    signal,
  );
}

function settingsOf(entry: {
  readonly plainHttp: boolean;
  readonly insecure: boolean;
  readonly ca?: string | undefined;
}): HostSettings {
  return {
    ...(entry.plainHttp ? { plainHttp: true } : {}),
    ...(entry.insecure ? { insecure: true } : {}),
    ...(entry.ca === undefined ? {} : { ca: entry.ca }),
  };
}

/** What was typed for a host that is being tried goes before what is kept for it. */
function draftCredentials(
  { draft }: Extract<ExtraAccess, { kind: 'draft' }>,
  kept: CredentialSource,
): CredentialSource {
  const host = parseHost(draft.host);
  const { user, password } = draft;
  return {
    credentialFor: async (asked, path, signal) => {
      if (asked !== host || user === undefined) return kept.credentialFor(asked, path, signal);
      if (password !== undefined) return { kind: 'basic', user, password };
      return kept.credentialFor(asked, path, signal).catch((thrown: unknown) => {
        if (thrown instanceof CopyError) return undefined;
        throw thrown;
      });
    },
  };
}

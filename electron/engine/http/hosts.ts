import { isIP } from 'node:net';
import type { Random } from '../kernel/backoff.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LeasePool } from '../kernel/leases.ts';
import { SingleFlight, unlessAborted } from '../kernel/single-flight.ts';
import { type AddressClass, classOfAddress, isLoopbackName } from './addresses.ts';
import {
  type Connections,
  type ConnectionSettings,
  type Lookup,
  openConnections,
  type ProxySettings,
  systemLookup,
} from './connections.ts';
import { Gate } from './gate.ts';
import type { HttpLimits } from './limits.ts';
import { Outage } from './outage.ts';
import type { RequestUrl } from './request-url.ts';
import { probe, type Spoken } from './probe.ts';

/** What the operator said about one host. The three switches are separate on purpose: none implies another. */
export interface HostSettings {
  /** Speaks http, not TLS. */
  readonly plainHttp?: boolean;
  /** Asked by TLS first, and by plain http where it does not speak TLS. */
  readonly mayBePlain?: boolean;
  /** Its certificate is not checked. */
  readonly insecure?: boolean;
  /** PEM of a CA that is trusted for this host besides the system's. */
  readonly ca?: string;
}

/** What a host taught us; it holds for every repository there until the process ends. */
export interface LearnedLimits {
  /** Bodies above this many bytes were cut or refused: uploads go in chunks of at most this. */
  chunkBytes?: number;
  /** The smallest chunk it takes, when it said so. */
  smallestChunkBytes?: number;
  /** How many whole bodies in a row broke on their way there or were not understood. */
  wholesFailedInARow?: number;
  /** The only way it takes uploads, once it refused the other. */
  uploadStyle?: 'whole' | 'chunks';
  /** True once a range was answered with other bytes than asked for. */
  rangesAreBroken?: boolean;
  /** How many repositories in a row turned out to be new. */
  newRepositoriesInARow?: number;
  /** `false` once the referrers API was answered with 404. */
  hasReferrersApi?: boolean;
}

/** Everything that all requests to one registry share: connections, leases, pauses, what it taught us. */
export class Host {
  /** `docker.io` or `name[:port]`, as references spell it. */
  readonly name: string;
  readonly gate: Gate;
  readonly outage: Outage;
  readonly learned: LearnedLimits = {};
  /** True once it answered anything at all. */
  hasAnswered = false;
  /** Connections opened so far. */
  connections = 0;
  readonly #leases: { size: number };
  readonly #settings: HostSettings;
  readonly #shared: HostsOptions;
  readonly #connections = new Map<string, Connections>();
  readonly #openings = new SingleFlight<string, Connections>();
  readonly #flights = new SingleFlight<string, Spoken>();
  #origin: string | undefined;
  #class: AddressClass | undefined;

  constructor(name: string, settings: HostSettings, shared: HostsOptions) {
    this.name = name;
    this.#settings = settings;
    this.#shared = shared;
    this.#leases = { size: shared.streamsPerHost };
    this.gate = new Gate(shared.clock, shared.random);
    this.outage = new Outage(shared.clock, this.gate);
  }

  /** Slots for bodies that flow. */
  get leases(): LeasePool {
    return this.#leases;
  }

  /** `scheme://host[:port]` of its API. Hosts on loopback may speak plain http without a switch, as docker allows: they are asked. */
  async origin(signal: AbortSignal): Promise<string> {
    if (this.#origin !== undefined) return this.#origin;
    const authority = this.name === 'docker.io' ? 'registry-1.docker.io' : this.name;
    const { plainHttp, mayBePlain } = this.#settings;
    const mayBe = mayBePlain === true || isLoopbackName(new URL(`http://${authority}`).hostname);
    const asked = (): Promise<Spoken> => this.#flights.run('probe', () => probe(authority));
    const told: Spoken = plainHttp === true ? 'plain' : 'tls';
    const spoken = plainHttp === undefined && mayBe ? await unlessAborted(asked(), signal) : told;
    const origin = new URL(`${spoken === 'plain' ? 'http' : 'https'}://${authority}`).origin;
    // a port that refuses now may speak either when its registry is up
    if (spoken !== 'nothing') this.#origin = origin;
    return origin;
  }

  /** What `origin` gave, once it is known. */
  get knownOrigin(): string | undefined {
    return this.#origin;
  }

  /** What `connectionsFor` gives for this registry itself, once that is open. */
  openTo({ origin }: RequestUrl): Connections | undefined {
    return origin === this.#origin ? this.#connections.get(origin) : undefined;
  }

  /** What a request to `place` goes by: straight when it is this registry itself, guarded when the server named another place. */
  async connectionsFor(place: RequestUrl, signal: AbortSignal): Promise<Connections> {
    const isOwn = place.origin === (await this.origin(signal));
    // a place that this registry named is guarded, and so it is never mistaken for itself
    const key = isOwn ? place.origin : `named ${place.origin}`;
    const present = this.#connections.get(key);
    if (present !== undefined) return present;
    return this.#open(key, place.url, isOwn ? undefined : await this.#addressClass(signal));
  }

  /** Ends every connection for good. */
  async close(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connections) => connections.destroy()));
  }

  /** Ends every connection; what is under way on them fails, and the next request opens new ones. */
  async reconnect(): Promise<void> {
    const ending = this.close();
    this.#connections.clear();
    await ending;
  }

  /** This machine has too few files for so many bodies at once: from now on half as many. */
  lowerStreams(): void {
    this.#leases.size = Math.max(1, this.#leases.size >> 1);
  }

  #open(key: string, url: URL, guardedFor: AddressClass | undefined): Promise<Connections> {
    const { clock, limits, proxy, lookup = systemLookup } = this.#shared;
    const settings: ConnectionSettings = {
      url,
      clock,
      limits,
      proxy,
      lookup,
      trust: guardedFor === undefined ? this.#settings : caOnly(this.#settings),
      ...(guardedFor === undefined ? {} : { guardedFor }),
      onConnect: () => {
        this.connections++;
      },
    };
    return this.#openings.run(key, async () => {
      const connections = await openConnections(settings);
      this.#connections.set(key, connections);
      return connections;
    });
  }

  async #addressClass(signal: AbortSignal): Promise<AddressClass> {
    if (this.#class !== undefined) return this.#class;
    const hostname = new URL(await this.origin(signal)).hostname.replace(/^\[|\]$/g, '');
    const address = isIP(hostname) === 0 ? await unlessAborted(this.#firstAddress(hostname), signal) : hostname;
    if (address === undefined) return 'public';
    this.#class = classOfAddress(address);
    return this.#class;
  }

  #firstAddress(hostname: string): Promise<string | undefined> {
    const { lookup = systemLookup } = this.#shared;
    return new Promise((resolve) => {
      lookup(hostname, { all: true }, (error, addresses) => resolve(error ? undefined : addresses[0]?.address));
    });
  }
}

/** What all hosts have in common. */
export interface HostsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: HttpLimits;
  /** How many bodies may flow to or from one host at a time. */
  readonly streamsPerHost: number;
  readonly proxy: ProxySettings;
  /** Resolves host names; the machine's name service unless given. */
  readonly lookup?: Lookup;
  /** PEM of a CA trusted for every host. */
  readonly ca?: string;
  /** Settings by host name; `docker.io` for Docker Hub. */
  readonly settings: ReadonlyMap<string, HostSettings>;
}

/** The hosts of this process, one object each. */
export class Hosts {
  readonly #options: HostsOptions;
  readonly #hosts = new Map<string, Host>();

  constructor(options: HostsOptions) {
    this.#options = options;
  }

  /** The host of that name. */
  get(name: string): Host {
    const present = this.#hosts.get(name);
    if (present !== undefined) return present;
    const { ca, settings } = this.#options;
    const host = new Host(name, { ...(ca === undefined ? {} : { ca }), ...settings.get(name) }, this.#options);
    this.#hosts.set(name, host);
    return host;
  }

  /** Ends every connection of every host. */
  async close(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.close()));
  }
}

/** A place that the server named gets the operator's CA, and none of the switches given for the registry itself. */
function caOnly(settings: HostSettings): HostSettings {
  return settings.ca === undefined ? {} : { ca: settings.ca };
}

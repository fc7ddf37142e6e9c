import { randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { OutputOf } from '../../contract/commands.ts';
import type { DockOrder, DockRow, Served } from '../../contract/docks.ts';
import { FileLibrary, isLoopback, type Library, type Workspace } from '../../engine/engine.ts';
import { isRepositoryPath } from '../../oci/reference.ts';
import { type Docking, type DockingWish, openDocking } from '../docking.ts';
import type { Clock } from '../window/clock.ts';
import { refuseRequest, unknownThing } from '../window/failures.ts';
import { Listeners } from '../window/listeners.ts';
import { instantOf } from '../window/shown.ts';
import type { BundleDesk } from './bundle-desk.ts';
import { DockGuests } from './dock-guests.ts';

/** Finds the file of a handle on this machine. */
type PlaceOf = (handle: string, signal: AbortSignal) => Promise<string>;

interface Running {
  readonly docking: Docking;
  readonly guests: DockGuests;
  readonly order: DockOrder;
  readonly name: string | undefined;
  readonly mirrors: readonly string[];
  readonly startedMs: number;
  hasEnded: boolean;
}

const mostKept = 20;
const mostRepositories = 1000;
const pageSize = 200;

/** The docks of this program: registries over the library and over files, while they serve and for a while after. */
export class DockDesk {
  readonly #workspace: Workspace;
  readonly #bundles: BundleDesk;
  readonly #clock: Clock;
  readonly #placeOf: PlaceOf;
  readonly #docks = new Map<string, Running>();
  readonly #listeners = new Listeners();

  constructor(workspace: Workspace, bundles: BundleDesk, clock: Clock, placeOf: PlaceOf) {
    this.#workspace = workspace;
    this.#bundles = bundles;
    this.#clock = clock;
    this.#placeOf = placeOf;
  }

  /** Resolves with the name of the dock once it serves; rejects for what cannot be, as `openDocking` does. */
  async start(order: DockOrder, signal: AbortSignal): Promise<string> {
    if (order.isWritable && !isLoopback(order.address))
      throw refuseRequest('a dock takes pushes on an address of this machine alone', order.address);
    const bundle = order.serve.kind === 'bundle' ? this.#bundles.find(order.serve.id) : undefined;
    const [file] = bundle?.paths ?? [];
    const guests = new DockGuests(() => this.#listeners.tell());
    const wish = await this.#wishOf(order, file, signal);
    const docking = await openDocking(wish, this.#workspace, (request) => guests.served(request), signal);
    const dock = randomUUID();
    const running: Running = {
      docking,
      guests,
      order,
      name: bundle?.head().name,
      mirrors: bundle?.hosts ?? [],
      startedMs: this.#clock.wallMs(),
      hasEnded: false,
    };
    this.#docks.set(dock, running);
    void docking.ended.then(() => {
      running.hasEnded = true;
      this.#listeners.tell();
    });
    this.#dropOld();
    this.#listeners.tell();
    return dock;
  }

  /** Ends one; harmless when it has ended, throws `not-found` for one that never was. */
  async stop(dock: string): Promise<void> {
    const running = this.#docks.get(dock);
    if (running === undefined) throw unknownThing('dock', dock);
    await running.docking.close();
  }

  /** Newest first. */
  rows(): readonly DockRow[] {
    return [...this.#docks].toReversed().map(([dock, running]) => rowOf(dock, running));
  }

  /** What would be served: of the library, or of a file. */
  async content(serve: Served, signal: AbortSignal): Promise<OutputOf<'docks.content'>> {
    if (serve.kind === 'library') return contentOf((await this.#workspace.library(signal)).library, signal);
    const file = await this.#bundles.find(serve.id).file();
    return contentOf(await FileLibrary.open(file, signal), signal);
  }

  /** Where this machine can be reached, loopback first. */
  addresses(): OutputOf<'docks.addresses'> {
    const found = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
      addresses
        // addresses of one link only cannot be written into a reference
        .filter(({ address }) => !/^fe80:/i.test(address))
        .map(({ address, internal }) => ({ address, name: name.slice(0, 100), isLoopback: internal })),
    );
    return found.toSorted((a, b) => Number(b.isLoopback) - Number(a.isLoopback)).slice(0, 100);
  }

  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }

  /** Ends all that serve. */
  async close(): Promise<void> {
    for (const { docking, guests } of this.#docks.values()) {
      guests.close();
      await docking.close();
    }
  }

  async #wishOf(order: DockOrder, file: string | undefined, signal: AbortSignal): Promise<DockingWish> {
    const { users, certificate, key, stopAfterMinutes, bytesPerSecond } = order;
    return {
      host: order.address,
      port: order.port,
      isWritable: order.isWritable,
      hasCatalog: order.hasCatalog,
      allow: order.allow,
      repositories: order.repositories,
      ...(file === undefined ? {} : { file }),
      ...(users === undefined ? {} : { htpasswdFile: await this.#placeOf(users, signal) }),
      ...(certificate === undefined ? {} : { certFile: await this.#placeOf(certificate, signal) }),
      ...(key === undefined ? {} : { keyFile: await this.#placeOf(key, signal) }),
      ...(stopAfterMinutes === undefined ? {} : { stopAfterMs: stopAfterMinutes * 60_000 }),
      ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
    };
  }

  #dropOld(): void {
    const over = [...this.#docks].filter(([, { hasEnded }]) => hasEnded);
    const surplus = this.#docks.size - mostKept;
    for (const [dock] of over.slice(0, Math.max(0, surplus))) this.#docks.delete(dock);
  }
}

function rowOf(dock: string, running: Running): DockRow {
  const { docking, guests, order, name, mirrors, startedMs, hasEnded } = running;
  return {
    dock,
    state: hasEnded ? 'ended' : 'serving',
    serve: order.serve,
    host: docking.host,
    url: docking.url,
    isWritable: order.isWritable,
    hasCatalog: order.hasCatalog,
    isTls: order.certificate !== undefined,
    hasUsers: order.users !== undefined,
    allow: order.allow,
    repositories: order.repositories,
    mirrors,
    notices: docking.notices,
    startedAt: instantOf(startedMs),
    ...guests.totals,
    pulls: guests.rows(),
    ...(name === undefined ? {} : { name }),
    ...(docking.stopsAtMs === undefined ? {} : { stopsAtMs: docking.stopsAtMs }),
  };
}

async function contentOf(library: Library, signal: AbortSignal): Promise<OutputOf<'docks.content'>> {
  const repositories: { path: string; tags: number }[] = [];
  for (let after: string | undefined; repositories.length < mostRepositories; ) {
    const page = await library.repositories({ most: pageSize, ...(after === undefined ? {} : { after }) }, signal);
    for (const path of page.filter(isRepositoryPath)) {
      const tags = await library.tags(path, { most: 10_000 }, signal);
      repositories.push({ path, tags: tags?.length ?? 0 });
    }
    after = page.at(-1);
    if (page.length < pageSize) return { repositories: repositories.slice(0, mostRepositories), isCut: false };
  }
  return { repositories: repositories.slice(0, mostRepositories), isCut: true };
}

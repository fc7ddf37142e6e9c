import { rm } from 'node:fs/promises';
import type { OpenedBundle as Head } from '../../contract/bundles.ts';
import type { ScopeOf, SnapshotOf } from '../../contract/feeds.ts';
import { openImageFile, type Workspace } from '../../engine/engine.ts';
import type { Carrier, CarriedFile } from '../carrying/carrier.ts';
import { nameIn } from '../carrying/import-plan.ts';
import { makeScratch } from '../carrying/scratch.ts';
import type { CarriedImport } from '../window/carried.ts';
import type { Prepared } from '../prepare.ts';
import { refuseRequest, unknownThing } from '../window/failures.ts';
import { Listeners } from '../window/listeners.ts';
import { OpenedBundle } from './opened-bundle.ts';

const mostOpen = 50;

/** The files of images that are open in windows. */
export class BundleDesk {
  readonly #workspace: Workspace;
  readonly #carrier: () => Carrier;
  readonly #bundles = new Map<string, OpenedBundle>();
  readonly #listeners = new Listeners();
  #scratch: Promise<string> | undefined;

  /** `carrier` gives one over the line to registries as it is now. */
  constructor(workspace: Workspace, carrier: () => Carrier) {
    this.#workspace = workspace;
    this.#carrier = carrier;
  }

  /** Begins to open files and gives their name at once; the same files are opened once. */
  open(paths: readonly string[]): string {
    const same = [...this.#bundles.values()].find((bundle) => bundle.paths.join('\0') === paths.join('\0'));
    if (same !== undefined) return same.id;
    if (this.#bundles.size >= mostOpen) throw refuseRequest(`more than ${mostOpen} files are open; close some`, 'file');
    const bundle = new OpenedBundle(
      paths,
      async (given, signal) =>
        openImageFile(given, { scratch: await this.#scratchFolder(), acceptIncomplete: true }, signal),
      (file) => this.#carrier().trust(file, {}),
      () => this.#listeners.tell(),
    );
    this.#bundles.set(bundle.id, bundle);
    this.#listeners.tell();
    return bundle.id;
  }

  /** The file of that name; throws `not-found`. */
  find(id: string): OpenedBundle {
    const bundle = this.#bundles.get(id);
    if (bundle === undefined) throw unknownThing('open file', id);
    return bundle;
  }

  async close(id: string): Promise<void> {
    await this.find(id).close();
    this.#bundles.delete(id);
    this.#listeners.tell();
  }

  /** Newest first. */
  heads(): readonly Head[] {
    return [...this.#bundles.values()].toReversed().map((bundle) => bundle.head());
  }

  /** True while something goes on that is to be sampled. */
  get isMoving(): boolean {
    return [...this.#bundles.values()].some(({ isMoving }) => isMoving);
  }

  /** Images of one file. */
  page(scope: ScopeOf<'bundle'>): SnapshotOf<'bundle'> {
    return this.find(scope.bundle).page(scope);
  }

  /**
   * The images of a file with the places they go to, once its sender was compared and all of them were read and found right.
   * With `isBegun` the sender is remembered, and projects that are missing are made where that was asked; else nothing changes.
   */
  async prepare(id: string, asked: CarriedImport, isBegun: boolean, signal: AbortSignal): Promise<Prepared> {
    const { only, ...wish } = asked;
    const bundle = this.find(id);
    const file = await bundle.file();
    const chosen = only === undefined ? file : withImages(file, only);
    const carrier = this.#carrier();
    try {
      const sender = await carrier.trust(file, wish);
      const check = await bundle.checked(chosen.images, wish.isPartial === true, signal);
      const createsProjects = isBegun && wish.createsProjects;
      const prepared = await carrier.prepareImport(chosen, { ...wish, createsProjects }, signal, check);
      if (isBegun) await carrier.remember(sender);
      return prepared;
    } finally {
      await carrier.close();
    }
  }

  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }

  /** Closes every file and removes what was unpacked. */
  async end(): Promise<void> {
    for (const bundle of this.#bundles.values()) await bundle.close(true);
    this.#bundles.clear();
    if (this.#scratch !== undefined) await rm(await this.#scratch, { recursive: true, force: true });
  }

  #scratchFolder(): Promise<string> {
    this.#scratch ??= makeScratch(this.#workspace);
    return this.#scratch;
  }
}

/** The same file with some of its images. */
function withImages(file: CarriedFile, names: readonly string[]): CarriedFile {
  const wanted = new Set(names);
  return {
    kind: file.kind,
    name: file.name,
    bundle: file.bundle,
    notices: file.notices,
    problems: file.problems,
    expected: file.expected,
    images: file.images.filter((image) => wanted.has(nameIn(file, image))),
    source: (image) => file.source(image),
    verify: (received, signal) => file.verify(received, signal),
    digests: (signal) => file.digests(signal),
    close: () => file.close(),
  };
}

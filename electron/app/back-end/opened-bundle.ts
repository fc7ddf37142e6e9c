import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { BundleRow, OpenedBundle as Head } from '../../contract/bundles.ts';
import { terminalText } from '../../contract/format.ts';
import type { ScopeOf, SnapshotOf } from '../../contract/feeds.ts';
import { inspectImage } from '../../engine/engine.ts';
import { isReferrersTag } from '../../oci/referrers.ts';
import type { CarriedFile, FileCheck } from '../carrying/carrier.ts';
import { nameIn, referenceOf } from '../carrying/import-plan.ts';
import { cancelledError } from '../errors.ts';
import { failureForWindow, refuseRequest, trimFailure } from '../window/failures.ts';
import { platformForWindow } from '../window/planned.ts';
import { BundleCheck, thrownOf } from './bundle-check.ts';

const mostProblems = 50;
const mostNotices = 20;

/** Compares the sender of a file with those of earlier ones; rejects for another one. */
export type JudgeSender = (file: CarriedFile) => Promise<{ readonly state: 'unsigned' | 'first' | 'known' | 'taken' }>;

/** How a file is opened. */
export type OpenFile = (paths: readonly string[], signal: AbortSignal) => Promise<CarriedFile>;

/** One file of images as a window sees it, from the moment it is to be opened until it is closed. */
export class OpenedBundle {
  readonly id: string = randomUUID();
  readonly paths: readonly string[];
  readonly #open: OpenFile;
  readonly #judge: JudgeSender;
  readonly #changed: () => void;
  readonly #stop = new AbortController();
  #opening: Promise<CarriedFile>;
  #file: CarriedFile | undefined;
  #failure: Head['failure'];
  #sender: Pick<Head, 'sender' | 'senderFailure'> = {};
  #rows: BundleRow[] = [];
  #contentBytes: number | undefined;
  #check: BundleCheck | undefined;
  #users = 0;

  /** `changed` is called when it is another: never for bytes alone. */
  constructor(paths: readonly string[], open: OpenFile, judge: JudgeSender, changed: () => void) {
    this.paths = paths;
    this.#open = open;
    this.#judge = judge;
    this.#changed = changed;
    this.#opening = this.#begin();
  }

  /** True while something goes on that is sampled. */
  get isMoving(): boolean {
    return this.#check?.isRunning === true;
  }

  /** The file, once it is open; rejects with what kept it from that. */
  file(): Promise<CarriedFile> {
    return this.#opening;
  }

  /** How it stands. */
  head(): Head {
    const file = this.#file;
    const name = terminalText(file?.name ?? basename(this.paths[0] ?? '')).slice(0, 255);
    const state = this.#failure !== undefined ? 'failed' : file === undefined ? 'opening' : 'open';
    return {
      bundle: this.id,
      name,
      state,
      images: this.#rows.length,
      leftOut: file?.expected.length ?? 0,
      leftOutBytes: file?.expected.reduce((sum, { size }) => sum + size, 0) ?? 0,
      hosts: this.hosts,
      notices: (file?.notices ?? []).slice(0, mostNotices).map((text) => text.slice(0, 2000)),
      problems: (file?.problems ?? []).slice(0, mostProblems).map(trimFailure),
      jobs: this.#users,
      ...(file === undefined ? {} : { kind: file.kind }),
      ...(this.#contentBytes === undefined ? {} : { contentBytes: this.#contentBytes }),
      ...factsOf(file),
      ...this.#sender,
      ...(this.#check === undefined ? {} : { check: this.#check.sample(this.#contentBytes) }),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  /** The registries that its images come from. */
  get hosts(): readonly string[] {
    const hosts = (this.#file?.images ?? []).flatMap(({ host }) => host ?? []);
    return [...new Set(hosts)].filter((host) => host.length <= 255 && !/\p{Cc}/u.test(host)).slice(0, 50);
  }

  /** Its images in view. */
  page({ from, most, search = '' }: Pick<ScopeOf<'bundle'>, 'from' | 'most' | 'search'>): SnapshotOf<'bundle'> {
    const found = search === '' ? this.#rows : this.#rows.filter(({ name }) => name.includes(search));
    const rows = found.slice(from, from + most).map((row) => ({ ...row, state: this.#stateOf(row) }));
    return { total: found.length, rows };
  }

  /** Names of these of its images; undefined for all. */
  names(only: readonly number[] | undefined): readonly string[] | undefined {
    const file = this.#file;
    if (only === undefined || file === undefined) return undefined;
    return only.flatMap((index) => {
      const image = file.images[index];
      return image === undefined ? [] : [nameIn(file, image)];
    });
  }

  /** Begins to read and hash everything; harmless while that goes on. */
  startCheck(): void {
    void this.#checking().catch(() => {});
  }

  stopCheck(): void {
    this.#check?.stop();
  }

  /**
   * What was found of these images once they were read; rejects with what is wrong with the file unless they are whole, or with
   * `isPartial` some of them are. What was found since it was opened is not looked for again.
   */
  async checked(
    images: readonly CarriedFile['images'][number][],
    isPartial: boolean,
    signal: AbortSignal,
  ): Promise<FileCheck> {
    const file = await this.#opening;
    const { check, whole } = await (await this.#checking()).result(signal);
    const damaged = images.find((image) => !whole.has(image));
    if (damaged === undefined || (isPartial && images.some((image) => whole.has(image)))) return check;
    const [problem] = check.problems;
    throw problem === undefined ? refuseRequest(`${nameIn(file, damaged)} is not whole`, file.name) : thrownOf(problem);
  }

  /** Keeps it open for a job; gives what lets it go. */
  hold(): () => void {
    this.#users++;
    this.#changed();
    let isHeld = true;
    return () => {
      if (isHeld) this.#users--;
      isHeld = false;
      this.#changed();
    };
  }

  /** Opens it again from what lies there now; rejects while jobs read it. */
  async reopen(): Promise<void> {
    await this.#letGo();
    this.#failure = undefined;
    this.#rows = [];
    this.#contentBytes = undefined;
    this.#check = undefined;
    this.#opening = this.#begin();
    this.#changed();
  }

  /** Lets the file go for good; rejects while jobs read it, unless everything ends. */
  async close(isEnd = false): Promise<void> {
    if (!isEnd && this.#users > 0) this.#refuseInUse();
    this.#stop.abort(cancelledError('the file'));
    await this.#letGo(isEnd);
  }

  async #letGo(isEnd = false): Promise<void> {
    if (!isEnd && this.#users > 0) this.#refuseInUse();
    this.#check?.stop();
    const file = await this.#opening.catch(() => undefined);
    this.#file = undefined;
    await file?.close();
  }

  #refuseInUse(): never {
    throw refuseRequest('a job reads this file; wait for it, or cancel it', this.head().name);
  }

  #begin(): Promise<CarriedFile> {
    const { signal } = this.#stop;
    const opening = this.#open(this.paths, signal).then(async (file) => {
      this.#sender = await this.#compare(file);
      this.#file = file;
      this.#rows = file.images.map((image, index) => rowOf(file, image, index));
      this.#changed();
      void this.#look(file, signal).catch(() => {});
      return file;
    });
    opening.catch((thrown: unknown) => {
      this.#failure = failureForWindow(thrown, 'bundles.open');
      this.#changed();
    });
    return opening;
  }

  async #compare(file: CarriedFile): Promise<Pick<Head, 'sender' | 'senderFailure'>> {
    try {
      const { state } = await this.#judge(file);
      return { sender: state === 'taken' ? 'known' : state };
    } catch (thrown) {
      return { sender: 'other', senderFailure: failureForWindow(thrown, 'bundles.open') };
    }
  }

  /** Learns sizes and platforms, image by image. */
  async #look(file: CarriedFile, signal: AbortSignal): Promise<void> {
    const layers = new Map<string, number>();
    for (const [index, image] of file.images.entries()) {
      if (this.#file !== file) return;
      const row = rowOf(file, image, index);
      try {
        const { tag: _, ...place } = referenceOf(image);
        const reference = { ...place, digest: image.descriptor.digest };
        const { manifests } = await inspectImage(file.source(image), reference, false, signal);
        for (const manifest of manifests) for (const { digest, size } of manifest.layers) layers.set(digest, size);
        const shown = manifests.filter(({ isAttestation }) => !isAttestation);
        this.#rows[index] = {
          ...row,
          platforms: [...new Set(shown.flatMap(({ platform = [] }) => platform))].slice(0, 100).map(platformForWindow),
          sizeBytes: shown.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
        };
      } catch (thrown) {
        if (signal.aborted) return;
        this.#rows[index] = { ...row, failure: failureForWindow(thrown, 'bundles.look') };
      }
    }
    this.#contentBytes = [...layers.values()].reduce((sum, size) => sum + size, 0);
    this.#changed();
  }

  #stateOf({ index }: BundleRow): BundleRow['state'] {
    const image = this.#file?.images[index];
    const found = this.#check?.found;
    if (image === undefined || found === undefined) return 'unchecked';
    return found.whole.has(image) ? 'whole' : 'damaged';
  }

  /** The check that runs or came to its end; one that failed is done again. */
  async #checking(): Promise<BundleCheck> {
    const file = await this.#opening;
    if (this.#check === undefined || this.#check.isBroken) this.#check = new BundleCheck(file, this.#changed);
    return this.#check;
  }
}

function factsOf(file: CarriedFile | undefined): Partial<Head> {
  if (file?.bundle === undefined) return {};
  const { set, volumes, created, signer } = file.bundle;
  return {
    set,
    volumes,
    ...(created === undefined ? {} : { created: terminalText(created).slice(0, 200) }),
    ...(signer === undefined ? {} : { signer: signer.slice(0, 200) }),
  };
}

/** An image as the file calls it, without the name of the file where it says one of its own. */
function shownName(file: CarriedFile, image: CarriedFile['images'][number]): string {
  const { host, path, tag, name, descriptor } = image;
  if (path === undefined) return name ?? nameIn(file, image);
  return `${host === undefined ? '' : `${host}/`}${path}${tag === undefined ? `@${descriptor.digest}` : `:${tag}`}`;
}

function rowOf(file: CarriedFile, image: CarriedFile['images'][number], index: number): BundleRow {
  const { tag, subject, descriptor } = image;
  return {
    index,
    name: terminalText(shownName(file, image)).slice(0, 600),
    digest: descriptor.digest,
    isReferrer: subject !== undefined || (tag !== undefined && isReferrersTag(tag)),
    state: 'unchecked',
  };
}

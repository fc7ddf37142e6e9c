import type { About } from '../../contract/about.ts';
import type { CacheStatus } from '../../contract/cache-state.ts';
import type { InputOf, OutputOf } from '../../contract/commands.ts';
import type { ImageLayer, JobImage, JobTotals, ScopeOf, SnapshotOf, ThroughputSample } from '../../contract/feeds.ts';
import type {
  HistoryImage,
  HistoryImageQuery,
  HistoryJob,
  HistoryJobDetails,
  HistoryQuery,
} from '../../contract/history.ts';
import type { JobHead } from '../../contract/jobs.ts';
import type { LogLine } from '../../contract/past-jobs.ts';
import type { Deed } from '../../contract/questions.ts';
import type { Registry, RegistryDraft } from '../../contract/registries.ts';
import type { VaultState } from '../../contract/vault-state.ts';
import type { CopyOptions, EngineOptions, SettingsBook, Store } from '../../engine/engine.ts';
import type { JsonObject } from '../../oci/fields.ts';
import type { App } from '../app.ts';
import type { Prepared } from '../prepare.ts';
import type { Origin } from '../wishes.ts';
import type { Carried } from './carried.ts';
import type { CarryDesk, DockDesk } from './carry-parts.ts';
import type { Clock } from './clock.ts';
import type { NoticeBoard } from './notice-board.ts';
import type { QuestionBoard } from './question-board.ts';

export type { RegistryEntry, Setting, SettingsBook } from '../../engine/engine.ts';

/** What proves who we are to a registry. */
export type Credential = NonNullable<Awaited<ReturnType<EngineOptions['credentials']['credentialFor']>>>;

/** What the window needs of registries. */
export type Looks = Pick<App, 'tags' | 'repositories' | 'inspect' | 'look' | 'digest' | 'prepare' | 'plan'>;

/** Access that comes with an order or a draft and counts before what is kept. */
export type ExtraAccess =
  | { readonly kind: 'draft'; readonly draft: RegistryDraft }
  /** The text of image-syncer's auth file or docker's config.json. */
  | { readonly kind: 'auth-text'; readonly text: string }
  /** The `auth` map of image-syncer's combined file. */
  | { readonly kind: 'auths'; readonly auths: JsonObject };

/** The way to registries, as the settings and the list of registries are now. */
export interface Door {
  readonly looks: Looks;
  /** True when copies go past the cache. */
  readonly isDirect: boolean;
  /** The same with extra access; must be closed by the caller. */
  open(extra: ExtraAccess, signal: AbortSignal): Promise<Looks & { close(): Promise<void> }>;
  /** Settings, registries or credentials are others now: whatever is asked after this must be asked with them. */
  renew(): Promise<void>;
}

/** Listings better than the distribution spec's, by vendors' own interfaces. */
export interface VendorDesk {
  /** What runs at a host; undefined when it does not say. */
  identify(
    host: string,
    signal: AbortSignal,
  ): Promise<{ readonly vendor?: NonNullable<Registry['vendor']>; readonly version?: string } | undefined>;
  /** Undefined when the vendor of that host has no listing of its own. */
  repositories(
    host: string,
    query: Omit<InputOf<'images.repositories'>, 'place'>,
    signal: AbortSignal,
  ): Promise<Pick<OutputOf<'images.repositories'>, 'repositories' | 'next'> | undefined>;
  /** Undefined as above. */
  tags(
    host: string,
    query: Omit<InputOf<'images.tags'>, 'place'>,
    signal: AbortSignal,
  ): Promise<OutputOf<'images.tags'> | undefined>;
}

/** A job to be begun. */
export interface JobOrder {
  /** One line for people. */
  readonly title: string;
  readonly command: 'copy' | 'sync' | 'import' | 'export';
  /** What was asked, to know it again: references and rules, never a file with its secrets. Undefined for a past job that is run again. */
  readonly asked?: Origin;
  /** The unfinished job that it goes on with, under its number. */
  readonly adopts?: number;
  readonly prepared: Prepared;
  /** Images of the job that ended well in an earlier attempt. */
  readonly ended?: readonly HistoryImage[];
  readonly options: CopyOptions;
  readonly extra?: ExtraAccess;
  /** What of it is of files, and the open file that it reads; done in place of copying what was prepared. */
  readonly carried?: { readonly what: Carried; readonly bundle?: string };
}

/** Jobs that run, ended not long ago or wait to be taken up. Every method must reject `not-found` for a job it does not know. */
export interface JobDesk {
  start(order: JobOrder, signal: AbortSignal): Promise<number>;
  control(request: InputOf<'jobs.control'>, signal: AbortSignal): Promise<void>;
  /** Runs a past job again under a new number. */
  again(job: number, failedOnly: boolean, signal: AbortSignal): Promise<number>;
  unfinished(signal: AbortSignal): Promise<readonly JobHead[]>;
  adopt(job: number, signal: AbortSignal): Promise<void>;
  discard(job: number, signal: AbortSignal): Promise<void>;
  /** Running and recently ended, newest first; sampled, so it must be cheap. */
  totals(): readonly JobTotals[];
  /** The last 120 seconds of all that flowed. */
  throughput(): readonly ThroughputSample[];
  owner(): SnapshotOf<'jobs'>['owner'];
  /** Rows of a job, running first, then waiting, done last; undefined when there is no such job. */
  images(scope: ScopeOf<'job'>): { readonly total: number; readonly rows: readonly JobImage[] } | undefined;
  layers(scope: ScopeOf<'image'>): readonly ImageLayer[] | undefined;
  /** Calls back when a job begins, ends or changes its state; what moves is sampled without. Gives what stops it. */
  onChange(changed: () => void): () => void;
}

/** What ran: the store's history. */
export interface HistoryBook {
  list(query: HistoryQuery, signal: AbortSignal): Promise<readonly HistoryJob[]>;
  job(number: number, signal: AbortSignal): Promise<HistoryJobDetails | undefined>;
  images(number: number, query: HistoryImageQuery, signal: AbortSignal): Promise<readonly HistoryImage[]>;
}

/** The log of jobs. */
export interface JobLog {
  /** At most so many lines after those passed over; empty at the end. */
  lines(job: number, after: number, most: number, signal: AbortSignal): Promise<readonly LogLine[]>;
}

/** Writes a past job as a file for people or programs; `csv` and `html` must be escaped (S-PARSE-8). */
export type JobReport = (
  job: HistoryJobDetails,
  images: readonly HistoryImage[],
  format: InputOf<'history.export'>['format'],
) => string;

/** The operator's list of registries: the store's book. */
export type RegistryBook = Pick<Store['registries'], 'list' | 'put' | 'remove'>;

/** The token servers that hosts may send credentials to: the store's book. */
export type RealmBook = Pick<Store['realms'], 'approve'>;

/** Where a credential is kept. */
export type Keeping = 'session' | 'stored';

/** The vaults of this program: one in memory, and one that rests encrypted where there can be one. */
export interface VaultDesk {
  state(signal: AbortSignal): Promise<VaultState>;
  /** Must reject `invalid` for a wrong passphrase. */
  unlock(passphrase: string, signal: AbortSignal): Promise<void>;
  create(passphrase: string, signal: AbortSignal): Promise<void>;
  lock(): void;
  /** What is kept for which host; never a secret. */
  kept(signal: AbortSignal): Promise<readonly { readonly host: string; readonly keeping: Keeping }[]>;
  /** Keeps a credential for a host, in the place of whatever was kept anywhere. */
  keep(host: string, credential: Credential, keeping: Keeping, signal: AbortSignal): Promise<void>;
  forget(host: string, signal: AbortSignal): Promise<void>;
  /** Keeps what the proxy asks for; undefined forgets it. */
  keepProxy(credential: Credential | undefined, signal: AbortSignal): Promise<void>;
}

/** One registry of a docker config.json. */
export interface DockerEntry {
  readonly host: string;
  /** Undefined when the file keeps none for it. */
  readonly credential?: Credential;
  /** Why there is none, as that a helper program keeps it. */
  readonly why?: string;
}

/** The registries of a docker config.json as text; must throw CopyError of kind `invalid` that repeats nothing of it. Starts no program. */
export type DockerConfigReader = (text: string) => readonly DockerEntry[];

/** The cache. */
export interface CacheDesk {
  status(signal: AbortSignal): Promise<CacheStatus>;
  /** Keeps to this budget from now on, and at once. */
  keepTo(budgetBytes: number, signal: AbortSignal): Promise<void>;
  trim(toBytes: number, signal: AbortSignal): Promise<void>;
  /** Hashes every blob; resolves with how many had rotted. `progress` is told of bytes. */
  verify(progress: (done: number, total: number) => void, signal: AbortSignal): Promise<number>;
}

/** A file that a person chose. */
export interface ChosenFile {
  /** Its last part, for people. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Its text; rejects when it cannot be read. */
  text(signal: AbortSignal): Promise<string>;
}

/** Files as the shell lets a person choose them: by dialog on the desktop, by browsing allowed folders elsewhere. */
export interface FileDesk {
  pick(request: InputOf<'files.pick'>, signal: AbortSignal): Promise<OutputOf<'files.pick'>>;
  list(request: InputOf<'files.list'>, signal: AbortSignal): Promise<OutputOf<'files.list'>>;
  /** The file of a handle; must reject `not-found` for one that this shell did not give out. */
  open(handle: string, signal: AbortSignal): Promise<ChosenFile>;
  /** Where the file or folder of a handle is, or is to be: for this program only, never for a window. Must reject as `open` does. */
  place(handle: string, signal: AbortSignal): Promise<string>;
}

/** Asks a person about what changes the world: by a dialog of the shell, else by a question in the page (S-IPC-9). False means no. */
export type Confirm = (what: Deed, subject: string, signal: AbortSignal) => Promise<boolean>;

/** What the program says of itself. */
export interface AboutDesk {
  about(signal: AbortSignal): Promise<About>;
  /** Must be redacted (S-LOG-4). */
  diagnostics(signal: AbortSignal): Promise<OutputOf<'about.diagnostics'>>;
  selfTest(signal: AbortSignal): Promise<OutputOf<'about.selfTest'>>;
}

/** Everything a window is put together of. */
export interface WindowParts {
  readonly clock: Clock;
  readonly door: Door;
  readonly vendors: VendorDesk;
  readonly jobs: JobDesk;
  readonly history: HistoryBook;
  readonly jobLog: JobLog;
  readonly report: JobReport;
  readonly registries: RegistryBook;
  readonly realms: RealmBook;
  readonly settings: SettingsBook;
  readonly vault: VaultDesk;
  readonly dockerConfig: DockerConfigReader;
  readonly cache: CacheDesk;
  readonly files: FileDesk;
  readonly carry: CarryDesk;
  readonly docks: DockDesk;
  readonly confirm: Confirm;
  readonly about: AboutDesk;
  readonly notices: NoticeBoard;
  /** What the page is to ask, where the shell has no dialog of its own. */
  readonly questions: QuestionBoard;
}

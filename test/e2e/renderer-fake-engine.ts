import type { CommandName, InputOf, OutputOf } from '../../electron/contract/commands.ts';
import type { FeedName, ScopeOf, SnapshotOf, Task } from '../../electron/contract/feeds.ts';
import {
  aboutText,
  selfTestAnswer,
  describedImage,
  foundHeads,
  pastHeads,
  pastLog,
  noticesOf,
  planAt,
  planSize,
  testOutcome,
  whatIsIn,
} from './renderer-fake-answers.ts';
import type { EngineQuestion } from '../../electron/contract/questions.ts';
import type { CopyOrder } from '../../electron/contract/plans.ts';
import type { Settings } from '../../electron/contract/settings.ts';
import { type CarryCommand, type CarryFeed, FakeCarry } from './renderer-fake-carry.ts';
import { chance, type FakeOptions, fakeRegistries, fakeRepositories, fakeRow, strange } from './renderer-fake-data.ts';
import { type FakeJob, fakeJobs, imagesOf, layersOf, pastImage, throughputAt, totalsOf } from './renderer-fake-jobs.ts';

type Answers = {
  readonly [Name in Exclude<CommandName, CarryCommand>]: (
    input: InputOf<Name>,
  ) => OutputOf<Name> | Promise<OutputOf<Name>>;
};
type Snapshots = { readonly [Name in Exclude<FeedName, CarryFeed>]: (scope: ScopeOf<Name>) => SnapshotOf<Name> };

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;
const stillMs = Date.UTC(2026, 10, 21, 13, 0);

/** A person was asked and said no. */
export class DeclinedError extends Error {}

/** Plausible answers to everything a window can ask. */
export class FakeEngine {
  readonly delayMs: number = 15;
  private readonly options: FakeOptions;
  private readonly beganMs = Date.now();
  private readonly jobs: FakeJob[];
  private readonly plans = new Map<string, { readonly order: CopyOrder; readonly madeMs: number }>();
  private registries;
  private settings: Settings;
  private unfinished = [97, 98];
  private readonly asked = new Map<
    string,
    { readonly question: EngineQuestion; readonly answer: (isYes: boolean) => void }
  >();
  private vault: OutputOf<'vault.state'> = { kind: 'passphrase', isLocked: true, canStore: true };
  private readonly carry: FakeCarry;
  private verifyMs: number | undefined;
  private count = 100;

  constructor(options: FakeOptions) {
    this.options = options;
    this.carry = new FakeCarry(options);
    this.jobs = fakeJobs(options, stillMs);
    this.registries = fakeRegistries(options);
    this.settings = {
      language: options.language ?? 'en',
      theme: options.theme ?? 'light',
      concurrency: 8,
      cacheBudgetBytes: 50 * gibibyte,
      retries: 5,
      waitMinutes: 60,
      closeToTray: false,
      notify: true,
      firstRunDone: options.isFirstRun !== true,
    };
  }

  /** The answer to a command; throws for one that is not known. */
  answer(name: string, input: unknown): unknown {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has a name for every command
    const answers = { ...this.answers, ...this.carry.answers } as Readonly<Record<string, (input: unknown) => unknown>>;
    const answer = answers[name];
    if (answer === undefined) throw new Error(`no command ${name}`);
    return answer(input);
  }

  /** How a feed stands now. */
  snapshot(name: string, scope: unknown): unknown {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has a name for every feed
    const snapshots = { ...this.snapshots, ...this.carry.snapshots } as Readonly<
      Record<string, (scope: unknown) => unknown>
    >;
    const snapshot = snapshots[name];
    if (snapshot === undefined) throw new Error(`no feed ${name}`);
    return snapshot(scope);
  }

  private nowMs(): number {
    return this.options.isStill === true ? stillMs : stillMs + Date.now() - this.beganMs;
  }

  private tick(): void {
    const seconds = (this.nowMs() - stillMs) / 1000;
    for (const job of this.jobs) {
      if (job.state === 'running')
        job.clock = Math.max(job.clock, (job.job === 41 ? 190 : 20) + (job.job > 100 ? seconds * 4 : seconds));
    }
  }

  private jobOf(number: number): FakeJob {
    const job = this.jobs.find((one) => one.job === number);
    if (job === undefined) throw new Error(`no job ${number}`);
    return job;
  }

  /** Waits until a page has answered; throws when the answer is no. */
  private async ask(deed: EngineQuestion['deed'], subject: string): Promise<void> {
    this.count++;
    const id = `q${this.count}`;
    const isYes = await new Promise<boolean>((answer) =>
      this.asked.set(id, { question: { id, deed, subject }, answer }),
    );
    this.asked.delete(id);
    if (!isYes) throw new DeclinedError();
  }

  private start(title: string, images: number): { job: number } {
    this.count++;
    this.jobs.unshift({
      job: this.count,
      title,
      images: Math.max(1, Math.min(images, 2000)),
      failed: 1,
      startedMs: this.nowMs(),
      secondsPerImage: 2,
      state: 'running',
      clock: 0,
    });
    return { job: this.count };
  }

  private readonly answers: Answers = {
    'registries.list': () => this.registries,
    'registries.save': async (draft) => {
      if (draft.insecure) await this.ask('skip-certificate-checks', draft.host);
      this.count++;
      const { password: _, remember, ...rest } = draft;
      const saved = {
        ...rest,
        id: draft.id ?? `r${this.count}`,
        name: draft.name ?? draft.host,
        prefixes: draft.prefixes ?? [],
        credential: remember === 'no' ? ('none' as const) : remember,
      };
      this.registries = [...this.registries.filter(({ id }) => id !== saved.id), saved];
      return saved;
    },
    'registries.remove': async ({ id }) => {
      await this.ask('remove-registry', this.registries.find((registry) => registry.id === id)?.host ?? '');
      this.registries = this.registries.filter((registry) => registry.id !== id);
      return {};
    },
    'registries.test': () => testOutcome(this.options),
    'registries.importDocker': () => ({
      found: [
        { host: 'harbor.prod.local', user: 'robot$ferry', imported: true },
        { host: 'quay.io', imported: false, why: 'it names a credential helper, which is not run' },
      ],
    }),
    'registries.approveRealm': () => ({}),
    'images.repositories': ({ search, after, most }) => {
      const all = fakeRepositories(this.options).filter(({ path }) => search === undefined || path.includes(search));
      const from = after === undefined ? 0 : Number(after);
      const next = from + most;
      return {
        repositories: all.slice(from, next),
        listing: 'catalog',
        ...(next < all.length ? { next: String(next) } : {}),
      };
    },
    'images.tags': ({ repository, after, most }) => {
      const total = fakeRepositories(this.options).find(({ path }) => path === repository)?.tags ?? 3;
      const from = after === undefined ? 0 : Number(after);
      const next = Math.min(total, from + most);
      return {
        rows: Array.from({ length: next - from }, (_, at) => fakeRow(repository, from + at, false)),
        ...(next < total ? { next: String(next) } : {}),
      };
    },
    'images.details': ({ images }) => ({
      rows: images.map((image) => {
        const found = /^v(\d+)\.(\d+)\.(\d+)/.exec(image.tag ?? '');
        const index = found === null ? 0 : (Number(found[1]) - 1) * 400 + Number(found[2]) * 20 + Number(found[3]);
        return { ...fakeRow(image.repository, index, true), tag: image.tag ?? '' };
      }),
    }),
    'images.compare': ({ images, destination }) => ({
      states: images.map((image, at) => {
        const roll = chance((image.tag ?? '').length * 31 + at * 7 + destination.registry.length);
        return roll > 0.6 ? 'same' : roll > 0.15 ? 'new' : roll > 0.03 ? 'differs' : 'unknown';
      }),
      references: images.map(({ repository, tag }) => `harbor.prod.local/${repository}:${tag ?? ''}`),
    }),
    'images.describe': (input) => describedImage(input, this.options),
    'images.preview': ({ images, template, registry }) => ({
      rows: images.map(({ repository, tag }) => ({
        source: `registry.cn-hangzhou.aliyuncs.com/${repository}:${tag ?? ''}`,
        destination: `${this.registries.find(({ id }) => id === registry)?.host ?? ''}/${template
          .replace('{path}', repository)
          .replace('{name}', repository.split('/').at(-1) ?? '')
          .replace('{tag}', tag ?? '')
          .replace('{upstream}', 'aliyun')}`,
      })),
      conflicts: template.includes('fixed') && images.length > 1 ? ['harbor.prod.local/fixed:1'] : [],
    }),
    'images.pasted': ({ text }) => ({
      images: text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => ({
          reference: strange(line.trim(), this.options),
          repository: 'library/nginx',
          host: 'docker.io',
        })),
      findings: text.includes('$')
        ? [
            {
              code: 'variable',
              severity: 'warning',
              text: 'a variable is not filled in',
              remedy: 'write the tag out',
              zh: { text: '变量没有值', remedy: '请写出标签' },
              line: 1,
            },
          ]
        : [],
    }),
    'plans.make': ({ order }) => {
      this.count++;
      const plan = `p${this.count}`;
      this.plans.set(plan, { order, madeMs: Date.now() });
      return { plan };
    },
    'plans.save': ({ format }) => ({ name: `images.${format}`, text: 'quay.io/a/b:1: harbor.prod.local/a/b:1\n' }),
    'plans.discard': ({ plan }) => {
      this.plans.delete(plan);
      return {};
    },
    'jobs.start': (input) => {
      const order = 'plan' in input ? this.plans.get(input.plan)?.order : input.order;
      const size = order === undefined ? 1 : planSize(order);
      return this.start(`${size} images → harbor.prod.local`, size);
    },
    'jobs.control': ({ job: number, action }) => {
      const job = this.jobOf(number);
      if (action === 'hold') job.state = 'held';
      else if (action === 'cancel') job.state = 'cancelled';
      else job.state = 'running';
      return {};
    },
    'jobs.unfinished': () =>
      this.options.isEmpty === true || this.options.isCalm === true
        ? []
        : pastHeads(this.options)
            .filter(({ job }) => this.unfinished.includes(job))
            .map((head) => ({ ...head, state: 'interrupted' as const, images: { ...head.images, copied: 51 } })),
    'jobs.adopt': ({ job }) => {
      this.unfinished = this.unfinished.filter((one) => one !== job);
      return {};
    },
    'jobs.discard': async ({ job }) => {
      await this.ask('discard-job', String(job));
      this.unfinished = this.unfinished.filter((one) => one !== job);
      return {};
    },
    'questions.answer': ({ id, isYes }) => {
      this.asked.get(id)?.answer(isYes);
      return {};
    },
    'history.list': (input) => foundHeads(input, this.options),
    'history.job': ({ job }) => {
      const head = pastHeads(this.options).find((one) => one.job === job);
      if (head === undefined) throw new Error('no such job');
      return {
        ...head,
        options: {
          'on conflict': 'overwrite',
          attestations: 'keep',
          template: strange('{path}:{tag}', this.options).slice(0, 2000),
        },
      };
    },
    'history.images': ({ job, failedOnly, after, most }) => {
      const failed = job % 5 === 0 ? 3 : 0;
      const all = Array.from({ length: 120 }, (_, index) => pastImage(index, failed, this.options)).filter(
        ({ index, outcome }) => (after === undefined || index > after) && (failedOnly !== true || outcome === 'failed'),
      );
      return { images: all.slice(0, most), more: all.length > most };
    },
    'history.log': ({ after }) => ({
      lines: pastLog(this.options),
      more: after === undefined,
    }),
    'history.export': ({ job, format }) => ({ name: `job-${job}.${format}`, text: 'x' }),
    'history.again': () => this.start('again', 20),
    'settings.get': () => this.settings,
    'settings.set': (change) => {
      const kept = Object.fromEntries(
        Object.entries({ ...this.settings, ...change }).filter(
          ([name, value]) => value !== null && !name.startsWith('proxyU') && !name.startsWith('proxyP'),
        ),
      );
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- null only takes away what may be missing
      this.settings = kept as Settings;
      return this.settings;
    },
    'vault.state': () =>
      this.options.hasNoVault === true ? { kind: 'session', isLocked: false, canStore: false } : this.vault,
    'vault.unlock': () => (this.vault = { ...this.vault, isLocked: false }),
    'vault.create': () => (this.vault = { ...this.vault, kind: 'passphrase', isLocked: false }),
    'vault.lock': () => (this.vault = { ...this.vault, isLocked: true }),
    'cache.status': () => ({
      bytes: 21.4 * gibibyte,
      blobs: 3412,
      unfinishedBytes: 812 * mebibyte,
      quarantined: 1,
      budgetBytes: 50 * gibibyte,
      freeBytes: 180 * gibibyte,
      folder: strange('D:\\ImageFerry\\data\\cache', this.options).slice(0, 1000),
    }),
    'cache.trim': async () => {
      await this.ask('trim-cache', 'D:\\ImageFerry\\data\\cache');
      return this.answers['cache.status']({});
    },
    'cache.verify': () => {
      this.verifyMs = Date.now();
      return { task: 'verify' };
    },
    'files.pick': () => ({ files: [] }),
    'files.list': () => ({ folder: '', entries: [], isCut: false }),
    'files.read': (file) => whatIsIn('text' in file ? file.text : '', this.options),
    'about.get': () => aboutText(this.options),
    'about.diagnostics': () => ({
      name: 'image-ferry-diagnostics.txt',
      text: Array.from({ length: 200 }, (_, at) => `line ${at}: redacted`).join('\n'),
      files: ['versions', 'settings', 'main.log'],
    }),
    'about.selfTest': () => selfTestAnswer,
  };

  private readonly snapshots: Snapshots = {
    jobs: () => {
      this.tick();
      return {
        jobs: this.jobs.map((job) => totalsOf(job, this.options)),
        throughput: this.jobs.length === 0 ? [] : throughputAt(this.nowMs()),
        owner: { isOurs: true },
      };
    },
    job: ({ job, from, most, show }) => {
      const all = imagesOf(this.jobOf(job), this.options).filter(({ phase }) =>
        show === 'failed'
          ? phase === 'failed'
          : show === 'running'
            ? ['copying', 'resolving', 'publishing'].includes(phase)
            : true,
      );
      return { total: all.length, rows: all.slice(from, from + most) };
    },
    image: ({ job, index }) => ({ layers: layersOf(this.jobOf(job), index) }),
    plan: ({ plan, from, most }) => {
      const made = this.plans.get(plan);
      if (made === undefined) throw new Error('no such plan');
      return planAt(made.order, Date.now() - made.madeMs, { from, most }, this.options);
    },
    tasks: () => {
      if (this.verifyMs === undefined) return { tasks: [] };
      const done = Math.min(3412, Math.floor((Date.now() - this.verifyMs) * 2));
      const task: Task = {
        task: 'verify',
        kind: 'cache-verify',
        state: done < 3412 ? 'running' : 'finished',
        done,
        total: 3412,
        problems: done < 3412 ? 0 : 1,
      };
      return { tasks: [task] };
    },
    questions: () => ({ questions: [...this.asked.values()].map(({ question }) => question) }),
    notices: () => noticesOf(this.options, stillMs),
  };
}

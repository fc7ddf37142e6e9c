import { type FeedName, Feeds, type ScopeOf, type SnapshotOf } from '../../contract/feeds.ts';
import type { JobState } from '../../contract/jobs.ts';
import { decode } from './dispatch.ts';
import type { FeedSource } from './feed-hub.ts';
import { unknownThing } from './failures.ts';
import type { WindowParts } from './parts.ts';
import type { PlanDesk } from './plan-desk.ts';
import type { TaskList } from './task-list.ts';

/** How each feed is looked at; a feed without a source does not compile. */
export type FeedSources = { readonly [Name in FeedName]: (scope: ScopeOf<Name>) => FeedSource };

const moving: ReadonlySet<JobState> = new Set<JobState>(['planning', 'running', 'waiting']);

/** The sources of all feeds. */
export function feedSources(
  parts: Pick<WindowParts, 'jobs' | 'notices' | 'questions' | 'carry' | 'docks'>,
  plans: PlanDesk,
  tasks: TaskList,
): FeedSources {
  const { jobs, notices, questions, carry, docks } = parts;
  const moves = (job?: number): boolean =>
    jobs.totals().some((head) => moving.has(head.state) && (job === undefined || head.job === job));
  const onChange = (changed: () => void): (() => void) => jobs.onChange(changed);
  return {
    jobs: () => ({
      sample: () => {
        const snapshot = { jobs: jobs.totals(), throughput: jobs.throughput(), owner: jobs.owner() };
        // the chart goes on for a while after the last byte
        const isFlowing = snapshot.throughput.some(({ received, sent }) => received + sent > 0);
        return sampleOf('jobs', snapshot, moves() || isFlowing);
      },
      onChange,
    }),
    job: (scope) => ({
      sample: () => {
        const found = jobs.images(scope);
        if (found === undefined) throw unknownThing('job', String(scope.job));
        return sampleOf('job', found, moves(scope.job));
      },
      onChange,
    }),
    image: (scope) => ({
      sample: () => {
        const layers = jobs.layers(scope);
        if (layers === undefined) throw unknownThing('image', `${scope.index} of job ${scope.job}`);
        return sampleOf('image', { layers }, moves(scope.job));
      },
      onChange,
    }),
    plan: (scope) => ({
      sample: () => {
        const snapshot = plans.snapshot(scope);
        return sampleOf('plan', snapshot, snapshot.state === 'planning');
      },
      onChange: (changed) => plans.onChange(changed),
    }),
    tasks: () => ({
      sample: () =>
        sampleOf(
          'tasks',
          { tasks: tasks.all },
          tasks.all.some(({ state }) => state === 'running'),
        ),
      onChange: (changed) => tasks.onChange(changed),
    }),
    notices: () => ({
      sample: () => sampleOf('notices', { notices: notices.all }, false),
      onChange: (changed) => notices.onChange(changed),
    }),
    bundles: () => ({
      sample: () => sampleOf('bundles', carry.snapshot(), carry.isMoving),
      onChange: (changed) => carry.onChange(changed),
    }),
    bundle: (scope) => ({
      sample: () => sampleOf('bundle', carry.page(scope), carry.isMoving),
      onChange: (changed) => carry.onChange(changed),
    }),
    docks: () => ({
      sample: () => sampleOf('docks', { docks: docks.rows() }, false),
      onChange: (changed) => docks.onChange(changed),
    }),
    questions: () => ({
      sample: () => sampleOf('questions', { questions: questions.all }, false),
      onChange: (changed) => questions.onChange(changed),
    }),
  };
}

/** The source of a feed in a scope that came from outside; throws `invalid`. */
export function openSource<Name extends FeedName>(
  sources: Pick<FeedSources, Name>,
  name: Name,
  scope: unknown,
): FeedSource {
  const source: FeedSources[Name] = sources[name];
  return source(decode(`scope of ${name}`, Feeds[name].scope, scope));
}

function sampleOf<Name extends FeedName>(
  _: Name,
  snapshot: SnapshotOf<Name>,
  isMoving: boolean,
): ReturnType<FeedSource['sample']> {
  return { snapshot, isMoving };
}

import type { CaseId } from './cases.ts';
import { type CaseResult, medians } from './results.ts';

/** What must hold beside skopeo, as ratios peer ÷ ours, and of the size of the process in every case. */
const musts: Readonly<Partial<Record<CaseId, { readonly wall: number; readonly cpu: number }>>> = {
  a: { wall: 1, cpu: 1 },
  b: { wall: 1.1, cpu: 1 },
  c1: { wall: 3, cpu: 3 },
  c2: { wall: 3, cpu: 3 },
  d: { wall: 5, cpu: 6 },
};
const mostRssBytes = 180 * 2 ** 20;
const mostLoopDelayMs = 50;

/** Says of each target whether it was reached. */
export function targetsOf(result: CaseResult): readonly string[] {
  const ours = result.tools.find(({ tool }) => tool === 'image-ferry');
  const skopeo = result.tools.find(({ tool }) => tool === 'skopeo');
  const own = ours === undefined ? undefined : medians(ours);
  if (ours === undefined || own === undefined) return [];
  const theirs = skopeo === undefined ? undefined : medians(skopeo);
  const must = musts[result.id];
  const say = (what: string, found: string, isReached: boolean): string =>
    `${isReached ? 'reached' : '**missed**'}: ${what}, found ${found}`;
  const ratio = (what: string, least: number, found: number): string =>
    say(`${what} at least ${least} × skopeo's`, inRatio(found), found >= least);
  return [
    ...(must === undefined || theirs === undefined
      ? []
      : [
          ratio('wall', must.wall, theirs.wallMs / own.wallMs),
          ratio('client CPU', must.cpu, theirs.cpuMs / own.cpuMs),
        ]),
    say('peak RSS at most 180 MiB', `${Math.round(own.rssBytes / 2 ** 20)} MiB`, own.rssBytes <= mostRssBytes),
    ...(ours.loopDelayMs === undefined
      ? []
      : [
          say(
            'event-loop delay p99 at most 50 ms',
            `${ours.loopDelayMs.toFixed(1)} ms`,
            ours.loopDelayMs <= mostLoopDelayMs,
          ),
        ]),
  ];
}

/** Cut, not rounded: what misses a target must not look as if it reached it. */
function inRatio(value: number): string {
  return (Math.floor(value * 100) / 100).toFixed(2);
}

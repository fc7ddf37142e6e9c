import { useEffect, useMemo } from 'react';
import type { ScopeOf } from '../../electron/contract/feeds.ts';
import { useFeed } from './client.tsx';
import { movingShares } from './moving.ts';
import { rowsAtOnce } from './row-window.ts';
import { useSettled } from './use-settled.ts';

/** How long no image may have ended before destinations are looked at again. */
const restMs = 1500;

/** How far the images are that the newest three running jobs copy; `ended` is called some time after images ended. */
export function useMoving(ended: () => void): ReadonlyMap<string, number> {
  const { snapshot } = useFeed('jobs', {});
  const running = (snapshot?.jobs ?? []).filter(({ state }) => state === 'running').map(({ job }) => job);
  const [a, b, c] = running.toSorted((left, right) => right - left);
  const first = useFeed('job', scopeOf(a));
  const second = useFeed('job', scopeOf(b));
  const third = useFeed('job', scopeOf(c));
  const copied = useSettled(
    (snapshot?.jobs ?? []).reduce((sum, { images }) => sum + images.copied, 0),
    restMs,
  );
  useEffect(() => {
    if (copied > 0) ended();
  }, [copied, ended]);
  return useMemo(
    () => movingShares([first, second, third].flatMap((heard) => heard.snapshot?.rows ?? [])),
    [first, second, third],
  );
}

function scopeOf(job: number | undefined): ScopeOf<'job'> | undefined {
  return job === undefined ? undefined : { job, from: 0, most: rowsAtOnce, show: 'running' };
}

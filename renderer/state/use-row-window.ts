import { useCallback, useRef, useState } from 'react';
import type { FeedName, ScopeOf, SnapshotOf } from '../../electron/contract/feeds.ts';
import { useFeed } from './client.tsx';
import { rowsAtOnce, windowFor } from './row-window.ts';

/** A feed of which only the rows in view are heard; while the next ones come, those before stay. */
export function useRowWindow<Name extends FeedName>(
  name: Name,
  scopeAt: ((from: number, most: number) => ScopeOf<Name>) | undefined,
) {
  const [from, setFrom] = useState(0);
  const heard = useFeed(name, scopeAt?.(from, rowsAtOnce));
  const kept = useRef<{ readonly snapshot: SnapshotOf<Name>; readonly offset: number }>(undefined);
  if (scopeAt === undefined) kept.current = undefined;
  else if (heard.snapshot !== undefined) kept.current = { snapshot: heard.snapshot, offset: from };
  const onVisible = useCallback(
    (first: number, last: number) => setFrom((before) => windowFor(before, first, last)),
    [],
  );
  return { snapshot: kept.current?.snapshot, offset: kept.current?.offset ?? 0, failure: heard.failure, onVisible };
}

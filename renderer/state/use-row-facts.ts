import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import { useClient } from './client.tsx';
import type { ListedImage } from './image-rows.ts';
import { RowFacts, type Target } from './row-facts.ts';

/** Rows that stay in view so long are asked for; while scrolling nothing is. */
const restMs = 120;

/** What is learned of the rows of a registry; `look` takes the rows that came into view. */
export function useRowFacts(registry: string | undefined, targets: readonly Target[]) {
  const client = useClient();
  const [version, learned] = useReducer((count: number) => count + 1, 0);
  const facts = useMemo(
    () => (registry === undefined ? undefined : new RowFacts(client, registry, learned)),
    [client, registry],
  );
  const seen = useRef<readonly ListedImage[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => facts?.close(), [facts]);
  useEffect(() => {
    facts?.aim(targets);
    void facts?.look(seen.current);
  }, [facts, targets]);
  const look = useCallback(
    (rows: readonly ListedImage[]) => {
      seen.current = rows;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void facts?.look(rows), restMs);
    },
    [facts],
  );
  const doubtStates = useCallback(() => {
    facts?.doubtStates();
    void facts?.look(seen.current);
  }, [facts]);
  return { facts, version, look, doubtStates };
}

import { useCallback, useEffect, useMemo, useState } from 'react';
import { failureOf, useClient } from './client.tsx';
import { type Listed, Listing, nothingListed } from './listing.ts';
import { useReach } from './reach.ts';
import type { Shown } from './workspace.ts';

/** What the chosen place lists, growing while it is read. */
export function useListing(
  shown: Shown | undefined,
): Listed & { readonly more: () => void; readonly reload: () => void } {
  const client = useClient();
  const [listed, setListed] = useState<Listed>(nothingListed);
  const [round, setRound] = useState(0);
  const [listing, setListing] = useState<Listing>();
  const registry = shown?.registry;
  const repository = shown?.repository;
  // a reload must begin again although nothing else changed
  const place = useMemo(() => ({ registry, repository, round }), [registry, repository, round]);
  useEffect(() => {
    setListed(nothingListed);
    if (place.registry === undefined) return undefined;
    const id = place.registry;
    const started: Listing = new Listing(
      client,
      id,
      () => {
        const now = started.read();
        setListed(now);
        if (!now.isLoading) useReach.getState().learn(id, now.failure === undefined ? 'good' : 'bad', now.failure);
      },
      failureOf,
    );
    setListing(started);
    void started.start(place.repository);
    return () => started.close();
  }, [client, place]);
  const more = useCallback(() => void listing?.more(), [listing]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...listed, more, reload };
}

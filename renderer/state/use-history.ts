import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { JobHead } from '../../electron/contract/jobs.ts';
import type { LogLine, PastImage } from '../../electron/contract/past-jobs.ts';
import { useClient } from './client.tsx';

/** Past jobs, page after page from the newest. */
export function useHistory(search: string, failedOnly: boolean) {
  const client = useClient();
  const query = useInfiniteQuery({
    queryKey: ['history.list', search, failedOnly],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam }) =>
      await client.call('history.list', {
        most: 50,
        ...(search === '' ? {} : { search }),
        ...(failedOnly ? { failedOnly } : {}),
        ...(pageParam === undefined ? {} : { before: pageParam }),
      }),
    getNextPageParam: (page) => (page.more ? page.jobs.at(-1)?.job : undefined),
  });
  const jobs = useMemo<readonly JobHead[]>(() => query.data?.pages.flatMap((page) => page.jobs) ?? [], [query.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { jobs, more, isPending: query.isPending, error: query.error };
}

/** The images of a past job, page after page. */
export function usePastImages(job: number, failedOnly: boolean) {
  const client = useClient();
  const query = useInfiniteQuery({
    queryKey: ['history.images', job, failedOnly],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam }) =>
      await client.call('history.images', {
        job,
        most: 200,
        ...(failedOnly ? { failedOnly } : {}),
        ...(pageParam === undefined ? {} : { after: pageParam }),
      }),
    getNextPageParam: (page) => (page.more ? page.images.at(-1)?.index : undefined),
  });
  const images = useMemo<readonly PastImage[]>(
    () => query.data?.pages.flatMap((page) => page.images) ?? [],
    [query.data],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { images, more, isPending: query.isPending, error: query.error };
}

/** The log of a past job, page after page. */
export function usePastLog(job: number) {
  const client = useClient();
  const query = useInfiniteQuery({
    queryKey: ['history.log', job],
    initialPageParam: 0,
    queryFn: async ({ pageParam }) =>
      await client.call('history.log', { job, most: 500, ...(pageParam === 0 ? {} : { after: pageParam }) }),
    getNextPageParam: (page, _, passed) => (page.more ? passed + page.lines.length : undefined),
  });
  const lines = useMemo<readonly LogLine[]>(() => query.data?.pages.flatMap((page) => page.lines) ?? [], [query.data]);
  return {
    lines,
    hasMore: query.hasNextPage,
    more: query.fetchNextPage,
    isPending: query.isPending,
    error: query.error,
  };
}

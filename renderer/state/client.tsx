import {
  QueryClient,
  QueryClientProvider,
  skipToken,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useSyncExternalStore } from 'react';
import { type Client, ContractError } from '../../electron/contract/client.ts';
import type { CommandName, InputOf, OutputOf } from '../../electron/contract/commands.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import type { FeedName, ScopeOf } from '../../electron/contract/feeds.ts';
import { FeedStore, type Heard, silence } from './feed-store.ts';

interface Engine {
  readonly client: Client;
  readonly feeds: FeedStore;
}

const EngineContext = createContext<Engine | undefined>(undefined);

/** Gives everything below it the engine behind `client`. */
export function EngineProvider(props: { readonly client: Client; readonly children: ReactNode }) {
  const { client, children } = props;
  const engine = useMemo(() => ({ client, feeds: new FeedStore(client) }), [client]);
  const queries = useMemo(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: { retry: false, refetchOnWindowFocus: false, staleTime: 30_000, networkMode: 'always' },
          mutations: { networkMode: 'always' },
        },
      }),
    [],
  );
  return (
    <EngineContext value={engine}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </EngineContext>
  );
}

function useEngine(): Engine {
  const engine = useContext(EngineContext);
  if (engine === undefined) throw new Error('no engine around this part of the window');
  return engine;
}

/** The client itself, for what is neither a question nor a deed of one component. */
export function useClient(): Client {
  return useEngine().client;
}

/** The answer to a question, asked again when its input changes; `undefined` as input asks nothing. */
export function useAnswer<Name extends CommandName>(name: Name, input: InputOf<Name> | undefined) {
  const client = useClient();
  return useQuery<OutputOf<Name>>({
    queryKey: [name, input],
    queryFn: input === undefined ? skipToken : async () => await client.call(name, input),
  });
}

/** The answers to several questions of one kind, in their order; undefined for those that are not there yet. */
export function useAnswers<Name extends CommandName>(
  name: Name,
  inputs: readonly InputOf<Name>[],
): readonly (OutputOf<Name> | undefined)[] {
  const client = useClient();
  const answers = useQueries({
    queries: inputs.map((input) => ({
      queryKey: [name, input],
      queryFn: async (): Promise<OutputOf<Name>> => await client.call(name, input),
    })),
  });
  return answers.map(({ data }) => data);
}

/** Something to be done; what it may have changed is asked again after it. */
export function useDeed<Name extends CommandName>(name: Name, changes: readonly CommandName[] = []) {
  const client = useClient();
  const queries = useQueryClient();
  const deed = useMutation<OutputOf<Name>, Error, InputOf<Name>>({
    mutationFn: async (input) => await client.call(name, input),
    onSuccess: async () => {
      await Promise.all(changes.map((changed) => queries.invalidateQueries({ queryKey: [changed] })));
    },
  });
  return { ...deed, error: isDeclined(deed.error) ? null : deed.error };
}

/** A person was asked and said no: that is nothing to be told of. */
function isDeclined(error: Error | null): boolean {
  return error instanceof ContractError && error.failure.kind === 'cancelled';
}

/** Asks again whatever these commands answered. */
export function useRefresh(): (...names: readonly CommandName[]) => void {
  const queries = useQueryClient();
  return useCallback(
    (...names) => {
      for (const name of names) void queries.invalidateQueries({ queryKey: [name] });
    },
    [queries],
  );
}

/** How a feed stands, as long as the component is there; `undefined` as scope hears nothing. */
export function useFeed<Name extends FeedName>(name: Name, scope: ScopeOf<Name> | undefined): Heard<Name> {
  const { feeds } = useEngine();
  const key = scope === undefined ? undefined : JSON.stringify(scope);
  const watch = useCallback(
    (changed: () => void) => (key === undefined ? () => {} : feeds.watch(name, JSON.parse(key), changed)),
    [feeds, name, key],
  );
  return useSyncExternalStore(watch, () => (scope === undefined ? silence : feeds.read(name, scope)));
}

/** The failure in what was thrown; anything else is one of this window. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof ContractError) return thrown.failure;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: 'internal', side: 'local', op: 'window', subject: 'window', message, remedy: '', codes: [] };
}

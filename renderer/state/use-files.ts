import { useEffect } from 'react';
import { create } from 'zustand';
import type { InputOf, OutputOf } from '../../electron/contract/commands.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import { failureOf, useAnswer, useClient, useRefresh } from './client.tsx';

interface Folder {
  /** The handle of the folder looked at last; undefined for the list of those that may be looked into. */
  readonly handle: string | undefined;
  readonly go: (handle: string | undefined) => void;
}

const useLastFolder = create<Folder>()((set) => ({ handle: undefined, go: (handle) => set({ handle }) }));

/** True where the shell has dialogs for files of its own; undefined until that is known. */
export function useHasDialogs(): boolean | undefined {
  return useAnswer('about.get', {}).data?.isDesktop;
}

/** Has a person choose files in a dialog of the shell. */
export function usePick(): (request: InputOf<'files.pick'>) => Promise<OutputOf<'files.pick'>['files']> {
  const client = useClient();
  return async (request) => (await client.call('files.pick', request)).files;
}

/** Looking into the folders of the machine that runs the program, from where one was last. */
export function useFolder(isOn: boolean): {
  readonly folder: string | undefined;
  readonly listing: OutputOf<'files.list'> | undefined;
  readonly failure: Failure | undefined;
  readonly go: (handle: string | undefined) => void;
} {
  const { handle, go } = useLastFolder();
  const refresh = useRefresh();
  useEffect(() => {
    if (isOn) refresh('files.list');
  }, [isOn, refresh]);
  const list = useAnswer('files.list', isOn ? (handle === undefined ? {} : { folder: handle }) : undefined);
  const { data, error } = list;
  useEffect(() => {
    // a list of one folder is only in the way
    const [only] = data?.entries ?? [];
    if (handle === undefined && data?.entries.length === 1 && only?.isFolder) go(only.handle);
  }, [data, handle, go]);
  useEffect(() => {
    // the folder is gone, or this is another run of the program
    if (error !== null && handle !== undefined) go(undefined);
  }, [error, handle, go]);
  return { folder: handle, listing: data, failure: error === null ? undefined : failureOf(error), go };
}

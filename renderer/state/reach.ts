import { create } from 'zustand';
import type { Failure } from '../../electron/contract/errors.ts';

/** What is known of whether a registry answers. */
export interface Reach {
  readonly state: 'good' | 'bad';
  readonly failure?: Failure;
}

interface Reaches {
  readonly of: Readonly<Record<string, Reach>>;
  readonly learn: (registry: string, state: Reach['state'], failure?: Failure) => void;
  readonly forget: (registry: string) => void;
}

/** What this window has learned of its registries by asking them. */
export const useReach = create<Reaches>()((set) => ({
  of: {},
  learn: (registry, state, failure) =>
    set(({ of }) => ({ of: { ...of, [registry]: { state, ...(failure === undefined ? {} : { failure }) } } })),
  forget: (registry) =>
    set(({ of }) => ({ of: Object.fromEntries(Object.entries(of).filter(([id]) => id !== registry)) })),
}));

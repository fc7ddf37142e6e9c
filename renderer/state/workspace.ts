import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { CopyOrder } from '../../electron/contract/plans.ts';

/** The pages of the window. */
export type Page = 'images' | 'transfers' | 'history' | 'bundles' | 'dock' | 'settings' | 'about';

/** What the centre shows images of: a registry, or one repository of it. */
export interface Shown {
  readonly registry: string;
  readonly repository?: string;
}

/** An order without how it is to be copied: the plan sheet asks that. */
export type OrderDraft = CopyOrder extends infer Order
  ? Order extends unknown
    ? Omit<Order, 'options'>
    : never
  : never;

interface Workspace {
  readonly page: Page;
  readonly shown: Shown | undefined;
  readonly filter: string;
  /** Ids of registries, in the order they were chosen. */
  readonly destinations: readonly string[];
  readonly template: string;
  /** What waits on the plan sheet. */
  readonly draft: OrderDraft | undefined;
  /** The job that transfers and history look at. */
  readonly job: number | undefined;
  readonly goTo: (page: Page) => void;
  readonly show: (shown: Shown | undefined) => void;
  readonly setFilter: (filter: string) => void;
  readonly setDestinations: (destinations: readonly string[]) => void;
  readonly setTemplate: (template: string) => void;
  readonly plan: (draft: OrderDraft | undefined) => void;
  readonly openJob: (job: number | undefined) => void;
  /** Drops what speaks of registries that are not there any more. */
  readonly forgetAllBut: (registries: readonly string[]) => void;
}

/** Where the operator is and what was chosen there; place, destinations and template are found again the next time. */
export const useWorkspace = create<Workspace>()(
  persist(
    (set) => ({
      page: 'images',
      shown: undefined,
      filter: '',
      destinations: [],
      template: '{path}:{tag}',
      draft: undefined,
      job: undefined,
      goTo: (page) => set({ page }),
      show: (shown) => set({ shown, filter: '', page: 'images' }),
      setFilter: (filter) => set({ filter }),
      setDestinations: (destinations) => set({ destinations }),
      setTemplate: (template) => set({ template }),
      plan: (draft) => set({ draft }),
      openJob: (job) => set({ job }),
      forgetAllBut: (registries) =>
        set(({ shown, destinations }) => {
          const kept = destinations.filter((id) => registries.includes(id));
          return {
            ...(shown === undefined || registries.includes(shown.registry) ? {} : { shown: undefined }),
            ...(kept.length === destinations.length ? {} : { destinations: kept }),
          };
        }),
    }),
    {
      name: 'image-ferry-workspace',
      partialize: ({ shown, destinations, template }) => ({ shown, destinations, template }),
    },
  ),
);

import { create } from 'zustand';
import { persist } from 'zustand/middleware';

interface Sizes {
  /** Pixels by the name of what was resized. */
  readonly of: Readonly<Record<string, number>>;
  readonly set: (name: string, pixels: number) => void;
  /** As wide as at first. */
  readonly forget: (name: string) => void;
}

/** What a person made larger or smaller, found again the next time. */
export const useSizes = create<Sizes>()(
  persist(
    (set) => ({
      of: {},
      set: (name, pixels) => set(({ of }) => ({ of: { ...of, [name]: Math.round(pixels) } })),
      forget: (name) =>
        set(({ of }) => ({ of: Object.fromEntries(Object.entries(of).filter(([key]) => key !== name)) })),
    }),
    {
      name: 'image-ferry-sizes',
      partialize: ({ of }) => ({ of }),
      merge: (kept, now) => ({ ...now, of: sizesIn(kept) }),
    },
  ),
);

/** What an earlier version may have kept is looked at before it is believed. */
function sizesIn(kept: unknown): Readonly<Record<string, number>> {
  const of = typeof kept === 'object' && kept !== null && 'of' in kept ? kept.of : undefined;
  if (typeof of !== 'object' || of === null) return {};
  return Object.fromEntries(
    Object.entries(of).filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1]) && entry[1] > 0),
  );
}

import type { Registry } from '../../../electron/contract/registries.ts';

/** What is open over the places. */
export type PlacesSheet =
  | { readonly kind: 'add' }
  | { readonly kind: 'edit' | 'test' | 'type'; readonly registry: Registry };

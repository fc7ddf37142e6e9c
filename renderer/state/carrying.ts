import { create } from 'zustand';
import type { ImageGroup, ImageName } from '../../electron/contract/images.ts';

/** What of the files is looked at. */
export type FileChoice =
  | { readonly kind: 'bundle'; readonly id: string }
  | { readonly kind: 'export'; readonly job: number }
  | { readonly kind: 'receipt'; readonly id: string };

interface Carrying {
  readonly chosen: FileChoice | undefined;
  /** Images that wait on the export sheet. */
  readonly exporting: readonly (ImageName | ImageGroup)[] | undefined;
  /** The open file that the dock page is to serve; the library when it is missing. */
  readonly served: string | undefined;
  /** The name of a file that was dropped where nobody says where it lies. */
  readonly wanted: string | undefined;
  readonly choose: (chosen: FileChoice | undefined) => void;
  readonly exportImages: (images: readonly (ImageName | ImageGroup)[] | undefined) => void;
  readonly serve: (bundle: string | undefined) => void;
  readonly want: (name: string | undefined) => void;
}

/** What is being done with files of images. */
export const useCarrying = create<Carrying>()((set) => ({
  chosen: undefined,
  exporting: undefined,
  served: undefined,
  wanted: undefined,
  choose: (chosen) => set({ chosen }),
  exportImages: (exporting) => set({ exporting }),
  serve: (served) => set({ served }),
  want: (wanted) => set({ wanted }),
}));

/** How many images are named. */
export function countNamed(images: readonly (ImageName | ImageGroup)[]): number {
  return images.reduce((sum, image) => sum + ('tags' in image ? image.tags.length : 1), 0);
}

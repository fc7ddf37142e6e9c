import { useCallback } from 'react';
import { groupVolumes } from '../format/bundle-name.ts';
import { useClient } from '../state/client.tsx';
import { useCarrying } from '../state/carrying.ts';
import { useWorkspace } from '../state/workspace.ts';

/** A file that was dropped or opened from outside; without a handle nobody says where it lies. */
export interface DroppedBundle {
  readonly name: string;
  readonly handle: string | undefined;
}

/** Opens files of images and shows them; those whose place is not known are asked for by name. */
export function useOpenBundles(): (files: readonly DroppedBundle[]) => Promise<void> {
  const client = useClient();
  const { choose, want } = useCarrying();
  const goTo = useWorkspace((workspace) => workspace.goTo);
  return useCallback(
    async (files) => {
      if (files.length === 0) return;
      goTo('bundles');
      for (const group of groupVolumes(files)) {
        const handles = group.flatMap(({ handle }) => handle ?? []);
        const [first] = group;
        if (handles.length < group.length) want(first?.name);
        else {
          const { bundle } = await client.call('bundles.open', { files: handles });
          choose({ kind: 'bundle', id: bundle });
        }
      }
    },
    [client, choose, want, goTo],
  );
}

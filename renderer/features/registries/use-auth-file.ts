import { useAnswers } from '../../state/client.tsx';
import type { NamedFile } from '../../ui/given-file.ts';

/** The one of several files that holds image-syncer's credentials; undefined when none does, or as long as they are being read. */
export function useAuthFile(files: readonly NamedFile[]): NamedFile | undefined {
  const read = useAnswers(
    'files.read',
    files.map(({ given }) => given),
  );
  return files.find((_, at) => read[at]?.kind === 'image-syncer-auth');
}

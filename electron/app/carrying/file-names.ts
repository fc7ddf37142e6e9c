import { naturallySorted } from '../../oci/natural-order.ts';
import type { FileImage, ImageFile } from '../../engine/engine.ts';
import { chooseImages, namedImages } from './choose-images.ts';

/**
 * The repositories of a file, sorted, or the one that a name chooses an image of; images that have none go by the file's own
 * words for them, or by their digest.
 */
export function repositoriesOf(file: ImageFile, name: string | undefined): readonly string[] {
  const images = name === undefined ? namedImages(file) : chooseImages(file, name);
  return naturallySorted([...new Set(images.map(repositoryOf))]);
}

/** The tags of the repository that a name chooses an image of, or of all of them without a name. */
export function tagsOf(
  file: ImageFile,
  name: string | undefined,
): readonly { readonly repository: string; readonly tag: string }[] {
  const [chosen] = name === undefined ? [] : chooseImages(file, name);
  const wanted = chosen === undefined ? undefined : repositoryOf(chosen);
  return namedImages(file).flatMap((image) => {
    const repository = repositoryOf(image);
    const { tag } = image;
    return tag === undefined || (wanted !== undefined && repository !== wanted) ? [] : [{ repository, tag }];
  });
}

function repositoryOf({ host, path, name, descriptor }: FileImage): string {
  if (path === undefined) return name ?? descriptor.digest;
  return host === undefined ? path : `${host}/${path}`;
}

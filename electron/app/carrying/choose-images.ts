import { type FileImage, finding, type ImageFile } from '../../engine/engine.ts';
import { FindingError } from '../findings.ts';
import type { FilePlace } from './file-places.ts';

const mostShown = 10;

/** The one image that the place of a file means; throws CopyError when it has none of that name, or several. */
export function chooseImage(file: ImageFile, { kind, path, name }: FilePlace): FileImage {
  const images = chooseImages(file, name);
  const [image] = images;
  if (image !== undefined && images.length === 1) return image;
  const values = {
    place: `${kind}:${path}`,
    file: file.name,
    count: String(images.length),
    names: shownNames(images),
  };
  throw new FindingError(values.place, finding('file-names-many', {}, values));
}

/** The images of a file that a name chooses: by the file's own words, a tag, or a name in full; all of them without a name. */
export function chooseImages(file: ImageFile, name: string | undefined): readonly FileImage[] {
  const named = namedImages(file);
  if (name === undefined) return named;
  const isNamed = ({ host, path, tag, name: own }: FileImage): boolean => {
    const repository = [host, path].filter((part) => part !== undefined).join('/');
    const full = `${repository}:${tag ?? ''}`;
    // docker leaves its own host, and `library`, out of names
    return [own, tag, full, full.replace(/^docker\.io\/(?:library\/)?/, ''), repository].includes(name);
  };
  for (const images of [named.filter((image) => image.name === name), named.filter(isNamed)]) {
    const [first] = images;
    if (first !== undefined) return [first];
  }
  const values = { file: file.name, name, names: shownNames(named) };
  throw new FindingError(name, finding('file-lacks-image', {}, values));
}

/** The images of a file without what only refers to others. */
export function namedImages(file: Pick<ImageFile, 'images'>): readonly FileImage[] {
  return file.images.filter(({ subject, tag }) => subject === undefined || tag !== undefined);
}

/** The names as they may stand behind the file. */
function shownNames(images: readonly FileImage[]): string {
  const names = images
    .slice(0, mostShown)
    .map(({ name, descriptor, ...image }) => fullName(image) || (name ?? descriptor.digest));
  return [...names, ...(images.length > mostShown ? ['…'] : [])].join(', ') || '–';
}

function fullName({ host, path, tag }: Pick<FileImage, 'host' | 'path' | 'tag'>): string {
  const repository = [host, path].filter((part) => part !== undefined).join('/');
  return [repository, tag].filter((part) => part !== undefined && part !== '').join(':');
}

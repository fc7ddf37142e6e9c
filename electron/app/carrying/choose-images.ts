import { copyError, type FileImage, type ImageFile } from '../../engine/engine.ts';
import { nameIn } from './import-plan.ts';

const mostShown = 10;

/** The images of a file that a name chooses: by the file's own words, a tag, or a name in full; all of them without a name. */
export function chooseImages(file: ImageFile, name: string | undefined): readonly FileImage[] {
  const named = file.images.filter(({ subject, tag }) => subject === undefined || tag !== undefined);
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
  const there = named.slice(0, mostShown).map((image) => nameIn(file, image));
  const message = `file ${file.name} has no image ${name}; it has ${there.join(', ')}${named.length > mostShown ? ' and more' : ''}`;
  throw copyError('not-found', { side: 'source', op: 'file.read', subject: name, message });
}

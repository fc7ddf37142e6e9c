import { readConfigFile, readImagesFile } from '../../engine/engine.ts';
import { noVariables } from './given-text.ts';

/** The rules of an image-syncer text, whichever of its two files it is; with a finding `stop` nothing may be tried. */
export function readSyncText(text: string): ReturnType<typeof readConfigFile> {
  const images = readImagesFile(text, noVariables);
  return images.findings.some(({ code }) => code === 'config-not-images') ? readConfigFile(text, noVariables) : images;
}

import { readConfigFile, readImagesFile } from '../../engine/engine.ts';

// The window's texts come from a person's clipboard and disk: they must not read this process's environment.
const noVariables = {};

/** The rules of an image-syncer text, whichever of its two files it is; with a finding `stop` nothing may be tried. */
export function readSyncText(text: string): ReturnType<typeof readConfigFile> {
  const images = readImagesFile(text, noVariables);
  return images.findings.some(({ code }) => code === 'config-not-images') ? readConfigFile(text, noVariables) : images;
}

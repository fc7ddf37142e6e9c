/** True for the name of a file that may hold images, rather than a text that names some. */
export function isBundleName(name: string): boolean {
  return /\.(?:tar|tgz|ferry)(?:\.(?:gz|zst))?$/i.test(name);
}

/** What volumes of one set have in common in their names; the name itself for any other file. */
export function stemOfVolume(name: string): string {
  return name.replace(/\.\d{3}-of-\d{3}(?=\.)/, '');
}

/** Files that belong together, in the order they were given. */
export function groupVolumes<Named extends { readonly name: string }>(
  files: readonly Named[],
): readonly (readonly Named[])[] {
  const groups = new Map<string, Named[]>();
  for (const file of files) {
    const stem = stemOfVolume(file.name);
    groups.set(stem, [...(groups.get(stem) ?? []), file]);
  }
  return [...groups.values()];
}

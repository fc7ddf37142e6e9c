/**
 * A name from inside an archive as it is looked up: without a leading `./`.
 * Undefined for names that lead elsewhere or that some system reads in another way (RELIABILITY F-66, F-70).
 */
export function entryName(name: string): string | undefined {
  const bare = name.replace(/^(?:\.\/)+/, '');
  // oxlint-disable-next-line no-control-regex -- these are what is refused
  if (bare === '' || bare.length > 1024 || /[\u0000-\u001f\u007f\\]|^[A-Za-z]:|^\//.test(bare)) return undefined;
  return bare.split('/').some((part) => part === '' || part === '.' || part === '..') ? undefined : bare;
}

/** Where a link inside an archive points, read from the folder it lies in; undefined when it leads out of the archive. */
export function linkTarget(name: string, target: string): string | undefined {
  if (target.startsWith('/')) return undefined;
  const parts = name.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return entryName(parts.join('/'));
}

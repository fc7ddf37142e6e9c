const mostValues = 500_000;
const mostCharacters = 8 * 1024 * 1024;
const mostLevels = 32;

/**
 * True for what JSON could hold, within bounds that no honest request comes near (S-IPC-4, 7): a page can send maps, dates,
 * buffers, rings and depths too, and no decoder should have to meet them.
 */
export function isPlainData(value: unknown): boolean {
  const left = { values: mostValues, characters: mostCharacters };
  return isPlain(value, mostLevels, left);
}

function isPlain(value: unknown, levels: number, left: { values: number; characters: number }): boolean {
  if (--left.values < 0) return false;
  switch (typeof value) {
    case 'string':
      left.characters -= value.length;
      return left.characters >= 0;
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (levels === 0) return false;
  const isList = Array.isArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!isList && prototype !== Object.prototype && prototype !== null) return false;
  const keys = Object.keys(value);
  // a list with holes or with names would be read otherwise than it was looked at
  if (isList && keys.length !== value.length) return false;
  return keys.every((key) => {
    left.characters -= isList ? 0 : key.length;
    const member: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
    return key !== '__proto__' && isPlain(member, levels - 1, left);
  });
}

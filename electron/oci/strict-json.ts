import { OciError, quoted } from './oci-error.ts';

/** How much structure a document may have before it is refused unread. */
export interface JsonLimits {
  readonly depth: number;
  readonly keysPerObject: number;
}

const defaultLimits: JsonLimits = { depth: 64, keysPerObject: 10_000 };

/**
 * The value of a JSON text, refused when two tools could read it differently or when its structure is absurd.
 * Duplicate keys mean one thing to the first reader and another to the last; Go takes the last, case-insensitively.
 * Throws OciError.
 */
export function parseStrictJson(text: string, limits: JsonLimits = defaultLimits): unknown {
  // Before parsing: four million brackets would take seconds and 400 MB.
  checkStructure(text, limits);
  return parseJson(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OciError('document is not JSON');
  }
}

/** Walks a text that should be JSON, without recursion, counting depth and looking for keys given twice. */
function checkStructure(text: string, limits: JsonLimits): void {
  const keysByDepth: (Set<string> | undefined)[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x7b || char === 0x5b) {
      if (++depth > limits.depth) throw new OciError(`document is nested deeper than ${limits.depth}`);
      keysByDepth[depth] = char === 0x7b ? new Set() : undefined;
    } else if (char === 0x7d || char === 0x5d) {
      depth = Math.max(0, depth - 1);
    } else if (char === 0x22) {
      const end = endOfString(text, at);
      const keys = keysByDepth[depth];
      if (keys !== undefined && isKey(text, end + 1)) addKey(keys, text.slice(at, end + 1), limits);
      at = end;
    }
  }
}

function addKey(keys: Set<string>, literal: string, limits: JsonLimits): void {
  const key = literal.includes('\\') ? String(parseJson(literal)) : literal.slice(1, -1);
  if (keys.has(key)) throw new OciError(`document has the key ${quoted(key)} twice`);
  keys.add(key);
  if (keys.size > limits.keysPerObject)
    throw new OciError(`document has an object of more than ${limits.keysPerObject} keys`);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return at;
}

/** In valid JSON a string is a key exactly when a colon follows it. */
function isKey(text: string, from: number): boolean {
  let at = from;
  while (/\s/.test(text.charAt(at))) at++;
  return text.charAt(at) === ':';
}

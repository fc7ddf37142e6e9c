import { redactFacts, redactText } from '../kernel/redact.ts';

// Docker's grammar, with host or path: nothing in it can be taken for a secret, and names such as `team/my-secret:v1` must stay.
const reference =
  /^[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d{1,5})?\/[a-z0-9._/-]+(?::\w[\w.-]{0,127})?(?:@sha(?:256|512):[a-f0-9]{64,128})?$/;
const hidden = '[redacted]';
const maxDepth = 12;

/** The text as it may be kept; references stay as they are. */
export function cleanText(text: string): string {
  return reference.test(text) ? text : redactText(text);
}

/** The text as it may be kept, at most `most` characters of it. */
export function shortText(text: string, most = 4_096): string {
  const clean = cleanText(text);
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}

/** The value as JSON without anything that looks like a secret, whole in its width; undefined when it is larger than `mostBytes`. */
export function cleanJson(value: unknown, mostBytes: number): string | undefined {
  const json = JSON.stringify(cleanValue(value, 0)) ?? 'null';
  return Buffer.byteLength(json) > mostBytes ? undefined : json;
}

/** True for a name whose values are not kept. */
export function isSecretName(name: string): boolean {
  const shown = redactFacts({ [name]: 0 });
  return typeof shown === 'object' && shown !== null && Object.values(shown).includes(hidden);
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth) return '…';
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth + 1));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([name, item]) => [cleanText(name), isSecretName(name) ? hidden : cleanValue(item, depth + 1)]),
  );
}

/** The value that was kept as JSON; undefined when there is none or it cannot be read. */
export function keptValue(json: string | null): unknown {
  if (json === null) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

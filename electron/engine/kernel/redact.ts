const hidden = '[redacted]';
const secretName = /pass|token|secret|key|cred|auth|cookie|signature/i;
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(?:basic|bearer)\s+[\w+/=.~-]{6,}/gi, hidden],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, hidden],
  // To the last @ before the path: a password may hold one.
  [/(\/\/)[^/\s]*@/g, '$1'],
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s?#"']{1,2048})\?[^\s"'#]*/gi, '$1?[redacted]'],
  [/([?&][\w.~-]{1,64}=)[^&\s"'#[\]]+/g, `$1${hidden}`],
  [/(\b(?:set-cookie|cookie|(?:proxy-)?authorization)\s{0,3}[:=]\s{0,3})(?!\[)[^\r\n"']+/gi, `$1${hidden}`],
  [/("[\w-]{0,40}(?:pass|token|secret|auth|cred)[\w-]{0,40}"\s{0,3}:\s{0,3}")(?:[^"\\]|\\.)+/gi, `$1${hidden}`],
  [
    /\b([\w-]{0,20}(?:password|passwd|passphrase|secret|[_-]token|identitytoken)\s{0,3}[:=]\s{0,3})[^\s"',;&}[\]]+/gi,
    `$1${hidden}`,
  ],
];

/** What every text has that one of the patterns changes; most texts, such as references and digests, have none of it. */
const suspicious = /[?&]|\/\/|eyJ|basic|bearer|cookie|auth|pass|token|secret|cred/i;

/** The text without header credentials, web tokens, user names in URLs, queries of URLs and fields named like secrets. */
export function redactText(text: string): string {
  if (!suspicious.test(text)) return text;
  return patterns.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

/** A URL as it may be shown: without user, query and fragment. */
export function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/**
 * Facts as they may be written: values whose names speak of secrets are gone, texts and names have gone through `clean`, depth
 * and width are bounded. What JSON cannot say is said as text.
 */
export function redactFacts(value: unknown, clean: (text: string) => string = redactText, depth = 0): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return clean(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 6) return '…';
  if (value instanceof Error) return { name: clean(value.name), message: clean(value.message) };
  if (value instanceof URL) return clean(shownUrl(value));
  if (value instanceof Date) return Number.isNaN(value.valueOf()) ? '…' : value.toISOString();
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactFacts(item, clean, depth + 1));
  const entries = Object.entries(value).slice(0, 100);
  return Object.fromEntries(
    entries.map(([name, item]) => [clean(name), secretName.test(name) ? hidden : redactFacts(item, clean, depth + 1)]),
  );
}

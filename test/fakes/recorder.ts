import type { IncomingMessage } from 'node:http';

/** One request as a fake server saw it. */
export interface RecordedRequest {
  /** Name of the fake that was asked. */
  readonly server: string;
  /** `scheme://host:port` the fake listens on. */
  readonly origin: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The first bytes of the body as latin1; grows while the body arrives. */
  body: string;
}

/** A secret and the only origins that may ever see it. */
export interface GuardedSecret {
  readonly text: string;
  readonly allowedOrigins: readonly string[];
}

const BODY_LIMIT_BYTES = 16_384;
const recorders = new Set<Recorder>();
const guarded: GuardedSecret[] = [];

/** Keeps what one fake server was asked; every recorder of the process is known to `allRecords`. */
export class Recorder {
  readonly records: RecordedRequest[] = [];
  readonly server: string;
  origin: string;

  constructor(server: string, origin: string) {
    this.server = server;
    this.origin = origin;
    recorders.add(this);
  }

  /** Records the head now and the first bytes of the body as they pass; must be called before the body is read. */
  record(request: IncomingMessage): RecordedRequest {
    const raw = request.rawHeaders;
    const headers: [string, string][] = [];
    for (let i = 0; i + 1 < raw.length; i += 2) headers.push([raw[i] ?? '', raw[i + 1] ?? '']);
    return this.add({ method: request.method ?? '', url: request.url ?? '', headers, body: '' });
  }

  /** Records a request that did not come through node:http. */
  add(request: Omit<RecordedRequest, 'server' | 'origin'>): RecordedRequest {
    const record: RecordedRequest = { server: this.server, origin: this.origin, ...request };
    this.records.push(record);
    return record;
  }

  /** Adds a passing piece of the request body to its record, up to a bound. */
  addBody(record: RecordedRequest, chunk: Uint8Array): void {
    const room = BODY_LIMIT_BYTES - record.body.length;
    if (room > 0) record.body += Buffer.from(chunk.subarray(0, room)).toString('latin1');
  }
}

/** Everything every fake of this process was asked since the last `forgetRecords`. */
export function allRecords(): RecordedRequest[] {
  return [...recorders].flatMap((recorder) => recorder.records);
}

/** Empties all recorders and forgets the guarded secrets; for `afterEach`. */
export function forgetRecords(): void {
  for (const recorder of recorders) recorder.records.length = 0;
  guarded.length = 0;
}

/** Remembers a secret for the next `assertNoSecretLeaked`. */
export function guardSecret(text: string, allowedOrigins: readonly string[]): void {
  guarded.push({ text, allowedOrigins });
}

/** Throws when a secret given to `guardSecret` reached a foreign origin; for `afterEach`. */
export function assertNoSecretLeaked(): void {
  assertNoLeak(guarded, allRecords());
}

/** Throws when a secret, plain or encoded, was sent to an origin that it is not bound to. */
export function assertNoLeak(secrets: readonly GuardedSecret[], records: readonly RecordedRequest[]): void {
  const leaks: string[] = [];
  for (const secret of secrets) {
    if (secret.text.length < 6) throw new Error('a secret shorter than 6 characters cannot be told from chance');
    const shapes = shapesOf(secret.text);
    for (const record of records) {
      if (secret.allowedOrigins.includes(record.origin)) continue;
      for (const place of placesOf(record)) {
        const shape = shapes.find(([, text]) => place.text.includes(text));
        if (shape === undefined) continue;
        leaks.push(
          `secret "${secret.text.slice(0, 2)}…" (${shape[0]}) in ${place.name} of ${record.method} ` +
            `${record.url.split('?')[0] ?? ''} at ${record.origin} (${record.server}); ` +
            `bound to ${secret.allowedOrigins.join(', ') || 'no origin'}`,
        );
      }
    }
  }
  if (leaks.length > 0) throw new Error(`credentials leaked:\n  ${[...new Set(leaks)].join('\n  ')}`);
}

function placesOf(record: RecordedRequest): { name: string; text: string }[] {
  return [
    { name: 'the URL', text: record.url },
    ...record.headers.map(([name, text]) => ({ name: `header ${name}`, text })),
    { name: 'the body', text: record.body },
  ];
}

/** All spellings to look for: plain, URL and form encoded, and base64 at any offset (`user:secret` of any user). */
function shapesOf(text: string): [name: string, text: string][] {
  const shapes: [string, string][] = [
    ['plain', text],
    ['URL encoded', encodeURIComponent(text)],
    ['form encoded', new URLSearchParams({ x: text }).toString().slice(2)],
    ['JSON', JSON.stringify(text).slice(1, -1)],
  ];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
    // The first and last characters also depend on the neighbours: only what lies between is the secret's alone.
    const from = Math.ceil((offset * 8) / 6);
    const until = Math.floor(((offset + Buffer.byteLength(text)) * 8) / 6);
    const core = encoded.slice(from, until);
    shapes.push(['base64', core], ['base64url', core.replaceAll('+', '-').replaceAll('/', '_')]);
    shapes.push(['base64 in a URL', encodeURIComponent(core)]);
  }
  return shapes;
}

import { CopyError } from '../kernel/errors.ts';

/** An answer that says no, in the words of the spec (distribution-spec v1.1.1, "Error Codes"). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly items: readonly RefusalItem[];
  readonly headers: Readonly<Record<string, string | readonly string[]>>;

  constructor(status: number, items: readonly RefusalItem[], headers: Refusal['headers'] = {}) {
    super(`${status} ${items[0]?.code ?? ''}`);
    this.status = status;
    this.items = items;
    this.headers = headers;
  }
}

/** One entry of an answer's `errors`. Must not hold paths, addresses or what a library said. */
export interface RefusalItem {
  readonly code: string;
  readonly message: string;
  readonly detail?: unknown;
}

/** A refusal with one error. */
export function refusal(status: number, code: string, message: string, headers: Refusal['headers'] = {}): Refusal {
  return new Refusal(status, [{ code, message }], headers);
}

/** The refusal that a thrown value means to a client; undefined for what only the log may know. */
export function refusalOf(thrown: unknown): Refusal | undefined {
  if (thrown instanceof Refusal) return thrown;
  if (!(thrown instanceof CopyError)) return undefined;
  switch (thrown.kind) {
    case 'integrity':
      return refusal(400, 'DIGEST_INVALID', 'the bytes do not have that digest');
    case 'full':
    case 'disk':
      return refusal(507, 'DENIED', 'there is no space left for this content');
    default:
      return undefined;
  }
}

/** The refusal for everything unexpected. */
export function internalRefusal(): Refusal {
  return refusal(500, 'UNKNOWN', 'the registry met an unexpected condition');
}

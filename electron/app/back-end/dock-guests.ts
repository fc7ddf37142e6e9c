import type { DockPull } from '../../contract/docks.ts';
import { terminalText } from '../../contract/format.ts';
import { instantOf } from '../window/shown.ts';

/** What one answer of a dock was. */
interface Answered {
  readonly method: string;
  readonly status: number;
  readonly sentBytes: number;
  readonly user: string | undefined;
  readonly clientAddress: string;
  readonly atMs: number;
  readonly repository: string | undefined;
  readonly reference: string | undefined;
  readonly path: string;
}

const mostRows = 200;
const mostReferences = 5;

/** Who got what of a dock: one row for each client and repository. */
export class DockGuests {
  readonly #changed: () => void;
  readonly #rows = new Map<string, DockPull>();
  #isClosed = false;
  #requests = 0;
  #bytes = 0;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Answers in all, and the bytes of them. */
  get totals(): { readonly requests: number; readonly bytes: number } {
    return { requests: this.#requests, bytes: this.#bytes };
  }

  /** The last ones first. */
  rows(): readonly DockPull[] {
    return [...this.#rows.values()].toReversed();
  }

  /** To be told of every answer. */
  served(answer: Answered): void {
    this.#requests++;
    this.#bytes += answer.sentBytes;
    const { status, repository } = answer;
    // a client that asks who is there first is not refused yet
    if (repository !== undefined || status >= 400) this.#note(answer);
    if (!this.#isClosed) this.#changed();
  }

  /** Tells nobody any more. */
  close(): void {
    this.#isClosed = true;
  }

  #note({ clientAddress, user, method, status, sentBytes, atMs, repository, reference, path }: Answered): void {
    const key = JSON.stringify([clientAddress, user, repository]);
    const before = this.#rows.get(key);
    const isRefused = status >= 400 && status !== 404;
    const isManifest = path.includes('/manifests/');
    const isOk = status < 300;
    const references = before?.references ?? [];
    const named = reference === undefined || !isManifest || method === 'HEAD' ? undefined : cut(reference, 200);
    this.#rows.delete(key);
    this.#rows.set(key, {
      client: cut(clientAddress, 100),
      ...(user === undefined ? {} : { user: cut(user, 255) }),
      ...(repository === undefined ? {} : { repository: cut(repository, 300) }),
      references:
        named === undefined || references[0] === named
          ? references
          : [named, ...references.filter((each) => each !== named)].slice(0, mostReferences),
      pulls: (before?.pulls ?? 0) + Number(isOk && isManifest && method === 'GET'),
      pushes: (before?.pushes ?? 0) + Number(isOk && isManifest && method === 'PUT'),
      refused: (before?.refused ?? 0) + Number(isRefused),
      bytes: (before?.bytes ?? 0) + sentBytes,
      at: instantOf(atMs),
    });
    const [oldest] = this.#rows.keys();
    if (this.#rows.size > mostRows && oldest !== undefined) this.#rows.delete(oldest);
  }
}

function cut(text: string, most: number): string {
  return terminalText(text).slice(0, most);
}

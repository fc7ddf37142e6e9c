import { OciError, quoted } from '../../oci/oci-error.ts';
import { formatReference, parseReference, type Reference, withDefaultTag } from '../../oci/reference.ts';
import { type Finding, finding, type FindingCode } from './findings.ts';

/** An image that a list names. */
export interface ListedImage {
  /** As it is named: without a tag where the list has none. */
  readonly reference: Reference;
  readonly line: number;
  /** Where in a document, such as `services.web.image`; empty for a line of its own. */
  readonly path: string;
}

/** Where in a list a text stands. */
export interface ListPlace {
  readonly line: number;
  readonly path: string;
}

const mostFindings = 1000;
/** Texts that are looked at. */
const mostTexts = 100_000;

/** Collects images, each once in the order of first mention, and what is wrong with texts that are none. */
export class ImageCollector {
  readonly #images = new Map<string, ListedImage>();
  readonly #findings: Finding[] = [];
  #more = 0;
  #texts = 0;

  /** What was collected. */
  get images(): readonly ListedImage[] {
    return [...this.#images.values()];
  }

  /** What was found, at most 1000, then one that counts the rest and one that stops when there were too many texts. */
  get findings(): readonly Finding[] {
    return [
      ...this.#findings,
      ...(this.#more === 0 ? [] : [finding('more-findings', {}, { count: String(this.#more) })]),
      ...(this.#texts <= mostTexts ? [] : [finding('list-too-long', {}, { most: String(mostTexts) })]),
    ];
  }

  /** Takes a text that should be a reference; `ifNone` says how bad it is when it is none. */
  add(text: string, place: ListPlace, ifNone: 'bad-line' | 'bad-image' | 'maybe-image'): void {
    if (++this.#texts > mostTexts) return;
    const bare = text.trim();
    if (isTemplate(bare)) {
      this.note('template', place.line, { text: shown(bare) });
      return;
    }
    let reference: Reference;
    try {
      reference = parseReference(bare);
    } catch (thrown) {
      if (!(thrown instanceof OciError)) throw thrown;
      this.note(ifNone, place.line, { text: quoted(bare), path: place.path, problem: thrown.message });
      return;
    }
    const key = formatReference(withDefaultTag(reference));
    const before = this.#images.get(key);
    if (before !== undefined) {
      const isPlainList = place.path === '' && before.path === '';
      if (isPlainList) this.note('duplicate-image', place.line, { text: shown(bare), first: String(before.line) });
      return;
    }
    if (reference.tag === undefined && reference.digest === undefined) {
      this.note('no-tag', place.line, { text: shown(bare) });
    }
    this.#images.set(key, { reference, ...place });
  }

  /** Takes a finding. */
  note(code: FindingCode, line: number, values: Readonly<Record<string, string>>): void {
    if (this.#findings.length < mostFindings) this.#findings.push(finding(code, { line }, values));
    else this.#more++;
  }
}

/** True for a text that Helm has yet to fill in. */
export function isTemplate(text: string): boolean {
  return text.includes('{{');
}

function shown(text: string): string {
  return quoted(text).slice(1, -1);
}

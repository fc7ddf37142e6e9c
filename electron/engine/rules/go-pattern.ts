import { RE2JS } from 're2js';
import { OciError } from '../../oci/oci-error.ts';

const longest = 1000;
const largest = 1000;
const probes: readonly string[] = ['q', '0', '_', 'latest', 'v1.0', 'Z-z', '20240131'];

/** A regular expression of Go (RE2): no look-around, and time that grows only with the length of what it looks at. */
export interface GoPattern {
  readonly text: string;
  /** True when it matches anywhere in a text, as Go's MatchString does. */
  readonly finds: (text: string) => boolean;
  /** True when it matches a text from end to end. */
  readonly matches: (text: string) => boolean;
}

/** The pattern in `text`; throws OciError that says what is wrong with it. */
export function parseGoPattern(text: string): GoPattern {
  if (text.length > longest) throw new OciError(`it is longer than ${longest} characters`);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(text);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new OciError(message.replace(/^error parsing regexp: /, '').slice(0, 200));
  }
  if (compiled.programSize() > largest) throw new OciError('its repetitions make it too large');
  return {
    text,
    finds: (candidate) => compiled.test(candidate),
    matches: (candidate) => compiled.testExact(candidate),
  };
}

/** True when a pattern that may match anywhere leaves no tag out. */
export function findsEverything(pattern: GoPattern): boolean {
  return probes.every(pattern.finds);
}

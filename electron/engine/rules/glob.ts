import picomatch from 'picomatch';
import { OciError } from '../../oci/oci-error.ts';
import { type GoPattern, parseGoPattern } from './go-pattern.ts';

const longest = 500;
const mostNumbers = 1000;

/**
 * The pattern of a glob over tags: `*`, `?`, `[a-z]`, `{a,b}`, `{1..3}`, `@(a|b)`; throws OciError. picomatch reads the
 * glob and RE2 runs it, because picomatch's own expression needs years for `*a*a*a*a*b` and a tag of 128 characters.
 */
export function parseGlob(text: string): GoPattern {
  if (text === '') throw new OciError('it is empty');
  if (text.length > longest) throw new OciError(`it is longer than ${longest} characters`);
  if (/[\s/]/.test(text)) throw new OciError('a tag has no slash and no space');
  if (text.startsWith('!') && text[1] !== '(') throw new OciError('it excludes; exclusions are given by themselves');
  let source: string;
  try {
    source = picomatch.makeRe(text, {
      dot: true,
      nonegate: true,
      posix: true,
      fastpaths: false,
      strictBrackets: true,
      expandRange,
    }).source;
  } catch (thrown) {
    throw new OciError(thrown instanceof Error ? thrown.message.slice(0, 200) : 'it is malformed');
  }
  try {
    return { ...parseGoPattern(forTags(source)), text };
  } catch (thrown) {
    if (thrown instanceof OciError && source.includes('(?!')) throw new OciError('it excludes with !(…)');
    throw thrown;
  }
}

/** Without what can only concern paths: a tag is never empty, has no slash, and does not begin with a dot. */
function forTags(source: string): string {
  return source
    .replaceAll('(?:(?:(?!(?:^|\\/)\\.{1,2}(?:\\/|$)).)*?)', '.*?')
    .replaceAll('(?!\\.{1,2}(?:\\/|$))', '')
    .replaceAll('(?!\\.)', '')
    .replaceAll('(?=.)', '')
    .replaceAll('\\/?)$', ')$');
}

/** `{8..11}` and `{08..11}` as shells read them; the last of `parts` are picomatch's options. */
function expandRange(...parts: unknown[]): string {
  const [from = '', to = '', step = '1'] = parts.filter((part): part is string => typeof part === 'string');
  if (/^[a-zA-Z]$/.test(from) && /^[a-zA-Z]$/.test(to) && from <= to) return `[${from}-${to}]`;
  const [first, last, by] = [Number(from), Number(to), Math.abs(Number(step)) || 1];
  if (!/^\d{1,9}$/.test(from) || !/^\d{1,9}$/.test(to)) throw new OciError(`it has the malformed range ${from}..${to}`);
  if (Math.abs(last - first) / by >= mostNumbers) throw new OciError(`it has a range of more than ${mostNumbers}`);
  const width = /^0\d/.test(from) || /^0\d/.test(to) ? Math.max(from.length, to.length) : 0;
  const numbers: string[] = [];
  const direction = first <= last ? by : -by;
  for (let at = first; direction > 0 ? at <= last : at >= last; at += direction) {
    numbers.push(String(at).padStart(width, '0'));
  }
  return `(?:${numbers.join('|')})`;
}

/** Variables by name, such as those of the process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The name when the whole text is `$NAME` or `${NAME}`. */
export function wholeVariable(text: string): string | undefined {
  const match = /^\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))$/.exec(text);
  return match?.[1] ?? match?.[2];
}

/** The value of a variable; undefined when it is not set. */
export function variable(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

/** A text with its variables filled in, or the first one that has no value. */
export type Interpolated = { readonly text: string } | { readonly missing: string; readonly isMalformed: boolean };

const deepest = 16;

/**
 * Fills in variables as compose does: `$NAME`, `${NAME}`, `:-` and `-` for a default, `:?` and `?` for one that must be
 * set, `:+` and `+` for another text when it is, `$$` for a dollar. Compose takes an unset one for nothing; here it is missing.
 */
export function interpolate(text: string, variables: Variables): Interpolated {
  const filled = fillFrom(text, 0, variables, false, 0);
  return 'missing' in filled ? filled : { text: filled.text };
}

type Filled =
  | { readonly text: string; readonly end: number }
  | { readonly missing: string; readonly isMalformed: boolean };

const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const operator = /:?[-?+]/y;

function fillFrom(text: string, from: number, variables: Variables, isInBraces: boolean, depth: number): Filled {
  let result = '';
  let at = from;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (isInBraces && char === '}') return { text: result, end: at + 1 };
    if (char !== '$') {
      result += char;
      at++;
    } else if (text[at + 1] === '$') {
      result += '$';
      at += 2;
    } else {
      const value = readVariable(text, at + 1, variables, depth);
      if ('missing' in value) return value;
      result += value.text;
      at = value.end;
    }
  }
  return isInBraces ? { missing: text, isMalformed: true } : { text: result, end: at };
}

function readVariable(text: string, from: number, variables: Variables, depth: number): Filled {
  const isBraced = text[from] === '{';
  const named = at(name, text, isBraced ? from + 1 : from);
  if (named === '' || depth > deepest) return { missing: text, isMalformed: true };
  const value = variable(variables, named);
  let end = from + named.length + (isBraced ? 1 : 0);
  const missing = { missing: named, isMalformed: false };
  if (!isBraced) return value === undefined ? missing : { text: value, end };
  const sign = at(operator, text, end);
  if (sign === '') {
    if (text[end] !== '}') return { missing: text, isMalformed: true };
    return value === undefined ? missing : { text: value, end: end + 1 };
  }
  end += sign.length;
  const isThere = value !== undefined && (value !== '' || !sign.startsWith(':'));
  // A word that is not used must still be passed over, and what is unset in it does not matter.
  const isUsed = sign.endsWith('+') ? isThere : !isThere && sign.endsWith('-');
  const word = fillFrom(text, end, isUsed ? variables : everything, true, depth + 1);
  if ('missing' in word) return word;
  if (isUsed) return word;
  if (sign.endsWith('+')) return { text: '', end: word.end };
  return value !== undefined && isThere ? { text: value, end: word.end } : missing;
}

/** Stands for variables whose values do not matter. */
const everything: Variables = new Proxy(
  {},
  { getOwnPropertyDescriptor: () => ({ value: '', configurable: true }), get: () => '' },
);

function at(pattern: RegExp, text: string, index: number): string {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? '';
}

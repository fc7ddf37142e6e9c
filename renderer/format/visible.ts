const hidden =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these are the characters to be shown
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udfff]/g;

/**
 * A text of a stranger with everything made visible that could hide or turn it around: control and format characters
 * become `‹U+202E›`. At most `longest` characters of it, then an ellipsis.
 */
export function visibleText(text: string, longest = 400): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.toWellFormed().replace(hidden, named);
}

/** The same for a text of several lines, whose line breaks and tabs stay. */
export function visibleLines(text: string, longest = 20_000): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.toWellFormed().replace(hidden, (found) => (found === '\n' || found === '\t' ? found : named(found)));
}

function named(found: string): string {
  return `‹U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}

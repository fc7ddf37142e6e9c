/** Why a text or document could not be read: it breaks the grammar, or it is well formed and of a kind we do not carry; schema 1 has its own remedy. */
export type OciErrorReason = 'invalid' | 'unsupported' | 'schema1';

/** Thrown by every parser of this folder; `message` says what is wrong with what, without a trailing period. */
export class OciError extends Error {
  override readonly name = 'OciError';
  readonly reason: OciErrorReason;

  constructor(message: string, reason: OciErrorReason = 'invalid') {
    super(message);
    this.reason = reason;
  }
}

/** A text from outside as it may appear in a message: control and direction characters visible, length cut, user names dropped. */
export function quoted(text: string): string {
  const withoutUserInfo = text.replace(/\/\/[^/@\s]*@/g, '//').replace(/^[^/@\s:]+:[^/@\s]+@(?!sha\d)/, '');
  const visible = withoutUserInfo.replace(
    // oxlint-disable-next-line no-control-regex -- these are the characters to be made visible
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${visible.length > 200 ? `${visible.slice(0, 200)}…` : visible}"`;
}

import type { CheckCode } from '../../contract/self-test-text.ts';

/** What a check found; `values` is what its text speaks of, and holds no secret. */
export interface Found {
  readonly code: CheckCode;
  readonly values: Readonly<Record<string, string>>;
}

/** What a check found. */
export function found(code: CheckCode, values: Found['values'] = {}): Found {
  return { code, values };
}

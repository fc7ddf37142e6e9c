import { field, isObject, optionalObjects } from './fields.ts';
import { parseStrictJson } from './strict-json.ts';

/** One error of a registry's answer (distribution-spec v1.1.1, "Error Codes"); vendors add codes of their own. */
export interface RegistryErrorItem {
  readonly code: string;
  readonly message: string;
  /** `detail` as text, empty when there is none. */
  readonly detail: string;
}

const mostItems = 20;

/** The errors in an answer's body; empty when it is HTML, other JSON or nothing. */
export function readRegistryErrors(body: string): readonly RegistryErrorItem[] {
  let value: unknown;
  try {
    value = parseStrictJson(body);
    if (!isObject(value)) return [];
    return (optionalObjects(value, 'errors') ?? []).slice(0, mostItems).map((item) => ({
      code: text(field(item, 'code')),
      message: text(field(item, 'message')),
      detail: detailText(field(item, 'detail')),
    }));
  } catch {
    return [];
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 500) : '';
}

function detailText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value.slice(0, 500) : JSON.stringify(value).slice(0, 500);
}

import { asObject, field, isObject, optionalObjects, optionalString, optionalStrings } from '../../oci/fields.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import type { Scope } from '../rules/scopes.ts';

const longestToken = 64 * 1024;

/**
 * What a bearer token says it grants (distribution, docs/content/spec/auth/jwt.md, `access`), for telling beforehand what
 * will be refused; its signature is the registry's business. Undefined when the token is opaque or says nothing of it.
 */
export function grantedScopes(authorization: string): readonly Scope[] | undefined {
  const payload = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/.exec(authorization)?.[1];
  if (payload === undefined || payload.length > longestToken) return undefined;
  try {
    const claims = asObject(parseStrictJson(Buffer.from(payload, 'base64url').toString('utf8')), 'token');
    if (!Object.hasOwn(claims, 'access')) return undefined;
    // registries write null for nothing
    const access = field(claims, 'access') === undefined ? [] : (optionalObjects(claims, 'access') ?? []);
    return access.filter(isObject).flatMap((entry) => {
      const type = optionalString(entry, 'type');
      const name = optionalString(entry, 'name');
      if ((type !== 'repository' && type !== 'registry') || name === undefined) return [];
      return [{ type, name, actions: optionalStrings(entry, 'actions') ?? [] }];
    });
  } catch {
    return undefined;
  }
}

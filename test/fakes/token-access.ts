/** One right: a resource name (`*` at the end matches any rest) and the actions granted on it. */
export interface AccessRule {
  /** `repository` if not given; `registry` for the catalog. */
  readonly type?: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** One resource of a scope as asked for or as granted in a token. */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Parses scope texts, several in one separated by spaces included; malformed ones are dropped. */
export function parseScopes(texts: readonly string[]): Access[] {
  return texts
    .flatMap((text) => text.split(' '))
    .flatMap((text) => {
      const first = text.indexOf(':');
      const last = text.lastIndexOf(':');
      if (first < 1 || last <= first) return [];
      const actions = text.slice(last + 1).split(',');
      return [{ type: text.slice(0, first), name: text.slice(first + 1, last), actions }];
    });
}

/** What of `asked` the rules allow; a resource of which nothing is allowed is left out. */
export function grant(asked: readonly Access[], rules: readonly AccessRule[]): Access[] {
  return asked.flatMap((access) => {
    const allowed = rules.filter((rule) => (rule.type ?? 'repository') === access.type && names(rule, access.name));
    const actions = access.actions.filter((action) => allowed.some((rule) => rule.actions.includes(action)));
    return actions.length === 0 ? [] : [{ type: access.type, name: access.name, actions }];
  });
}

function names(rule: AccessRule, name: string): boolean {
  return rule.name.endsWith('*') ? name.startsWith(rule.name.slice(0, -1)) : rule.name === name;
}

/** Everything on every repository and the catalog. */
export const fullAccess: readonly AccessRule[] = [
  { name: '*', actions: ['pull', 'push', 'delete', '*'] },
  { type: 'registry', name: '*', actions: ['*'] },
];

/** Pull on every repository, nothing else. */
export const pullAccess: readonly AccessRule[] = [{ name: '*', actions: ['pull'] }];

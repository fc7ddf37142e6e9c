/** What a token is good for (token-scope grammar of the Docker registry token documents): `type:name:action,action`. */
export interface Scope {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

const grammar = /^([a-z]+):([a-z0-9._/-]{1,255}):([a-z*]+(?:,[a-z*]+)*)$/;
const mostScopes = 64;

/** The scopes in a request's `scope` values, each of which may hold several split by spaces; what is no scope is left out. */
export function parseScopes(values: readonly string[]): readonly Scope[] {
  return values
    .flatMap((value) => value.split(' '))
    .slice(0, mostScopes)
    .flatMap((text) => {
      const [, type, name, actions] = grammar.exec(text) ?? [];
      if (type === undefined || name === undefined || actions === undefined) return [];
      return [{ type, name, actions: actions.split(',') }];
    });
}

/** `type:name:action,action`. */
export function formatScope(scope: Scope): string {
  return `${scope.type}:${scope.name}:${scope.actions.join(',')}`;
}

/** True when `granted` together allow everything in `needed`. */
export function covers(granted: readonly Scope[], needed: Scope): boolean {
  const actions = granted
    .filter((scope) => scope.type === needed.type && scope.name === needed.name)
    .flatMap((scope) => scope.actions);
  return needed.actions.every((action) => actions.includes(action) || actions.includes('*'));
}

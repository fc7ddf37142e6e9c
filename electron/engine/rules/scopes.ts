/** A right asked of a token server (distribution, docs/content/spec/auth/scope.md). */
export interface Scope {
  readonly type: 'repository' | 'registry';
  readonly name: string;
  readonly actions: readonly string[];
}

const nameGrammar = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,510}$/;
const actionGrammar = /^(?:[a-z][a-z0-9_-]{0,63}|\*)$/;
const firstActions: readonly string[] = ['pull', 'push', 'delete'];
const mostScopes = 32;

/** The right to read a repository; also what a mount needs on the repository it takes from. */
export function pullScope(repositoryPath: string): Scope {
  return { type: 'repository', name: repositoryPath, actions: ['pull'] };
}

/** The right to read and write a repository; servers give `push` only together with `pull`. */
export function pushScope(repositoryPath: string): Scope {
  return { type: 'repository', name: repositoryPath, actions: ['pull', 'push'] };
}

/** The right to delete in a repository, which some registries also want for cancelling an upload. */
export function deleteScope(repositoryPath: string): Scope {
  return { type: 'repository', name: repositoryPath, actions: ['delete'] };
}

/** The right to list the repositories of a registry. */
export const catalogScope: Scope = { type: 'registry', name: 'catalog', actions: ['*'] };

/** What a mount asks for: to write into one repository and to read the other; the first is the one that must be granted. */
export function mountScopes(intoPath: string, fromPath: string): readonly Scope[] {
  return mergeScopes([pushScope(intoPath), pullScope(fromPath)]);
}

/** `type:name:action,action` as the `scope` parameter of a token request wants it. */
export function formatScope(scope: Scope): string {
  return `${scope.type}:${scope.name}:${scope.actions.join(',')}`;
}

/** The scopes joined by a space, as a form of a token request wants them. */
export function formatScopes(scopes: readonly Scope[]): string {
  return scopes.map(formatScope).join(' ');
}

/**
 * One scope per resource with all actions asked for it, without repetition, in the order of first mention:
 * some servers honour only the first scope of a request, so the needed one must come first.
 */
export function mergeScopes(scopes: readonly Scope[]): readonly Scope[] {
  const byResource = new Map<string, Scope>();
  for (const scope of scopes) {
    const key = `${scope.type}:${scope.name}`;
    const actions = [...(byResource.get(key)?.actions ?? []), ...scope.actions];
    byResource.set(key, { type: scope.type, name: scope.name, actions: inOrder(actions) });
  }
  return [...byResource.values()];
}

/** True when what was granted includes everything that is wanted. */
export function coversScopes(granted: readonly Scope[], wanted: readonly Scope[]): boolean {
  return wanted.every((need) =>
    need.actions.every((action) =>
      granted.some(
        (scope) =>
          scope.type === need.type &&
          scope.name === need.name &&
          (scope.actions.includes(action) || scope.actions.includes('*')),
      ),
    ),
  );
}

/**
 * The scopes in the `scope` parameter of a challenge, merged; those of unknown types or outside the grammar are left out.
 * A name may hold colons (`host:5000/team/app`), so the actions begin at the last one.
 */
export function parseScopes(text: string): readonly Scope[] {
  const scopes: Scope[] = [];
  for (const part of text.split(' ')) {
    const scope = parseScope(part);
    if (scope !== undefined) scopes.push(scope);
    if (scopes.length === mostScopes) break;
  }
  return mergeScopes(scopes);
}

function parseScope(text: string): Scope | undefined {
  const nameAt = text.indexOf(':') + 1;
  const actionsAt = text.lastIndexOf(':') + 1;
  if (nameAt === 0 || actionsAt <= nameAt) return undefined;
  // `repository(plugin)` names a class of repository; the right is the same.
  const type = text.slice(0, nameAt - 1).replace(/\([a-z0-9]+\)$/, '');
  const name = text.slice(nameAt, actionsAt - 1);
  const actions = text.slice(actionsAt).split(',', mostScopes).filter(Boolean);
  if (type !== 'repository' && type !== 'registry') return undefined;
  if (!nameGrammar.test(name) || actions.length === 0 || !actions.every((action) => actionGrammar.test(action))) {
    return undefined;
  }
  return { type, name, actions: inOrder(actions) };
}

function inOrder(actions: readonly string[]): readonly string[] {
  const all = new Set(actions);
  return [
    ...firstActions.filter((action) => all.has(action)),
    ...[...all].filter((a) => !firstActions.includes(a)).sort(),
  ];
}

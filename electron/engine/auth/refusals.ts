import type { Hint } from '../../contract/errors.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';
import type { AuthorizationTarget } from '../ports/authorizer.ts';
import type { Credential } from '../ports/credentials.ts';
import { formatScopes } from '../rules/scopes.ts';

/** The registry wants credentials and there are none for it. */
export function credentialMissing(target: AuthorizationTarget): CopyError {
  return refused('unauthorized', target, 'asks for credentials and none are known for it', 'credential-missing');
}

/** The credential was tried once and refused. */
export function credentialWrong(target: AuthorizationTarget, credential: Credential): CopyError {
  const user = credential.kind === 'registry-token' ? undefined : credential.user;
  const what = user ? `the password of user ${JSON.stringify(user)}` : 'the token kept for it';
  return refused('unauthorized', target, `rejected ${what}`, 'credential-wrong');
}

/** A fresh token was not enough: the server granted less than was asked, or hides what it does not show. */
export function rightMissing(target: AuthorizationTarget, hasCredential: boolean): CopyError {
  const what = `${hasCredential ? 'gives this account' : 'gives anonymous users'} no right to ${formatScopes(target.scopes)}`;
  if (!hasCredential && target.side === 'destination')
    return refused('unauthorized', target, what, 'credential-missing');
  return refused('forbidden', target, what, target.side === 'source' ? 'repository-or-access' : 'create-project');
}

/** The registry offers only ways to sign in that we do not know. */
export function schemeUnknown(target: AuthorizationTarget, schemes: readonly string[]): CopyError {
  return refused('unsupported', target, `offers no known way to sign in (${schemes.join(', ') || 'none named'})`);
}

/** The registry now names another token server than at first. */
export function realmChanged(target: AuthorizationTarget, from: string, to: string): CopyError {
  return refused('unauthorized', target, `moved its token server from ${from} to ${to}`, 'realm-changed');
}

function refused(
  kind: 'unauthorized' | 'forbidden' | 'unsupported',
  target: AuthorizationTarget,
  what: string,
  hint?: Hint,
): CopyError {
  return copyError(kind, {
    side: target.side,
    op: 'authorize',
    subject: target.subject,
    message: `${target.side} ${target.host} ${what} (${target.subject})`,
    ...(hint === undefined ? {} : { hint }),
  });
}

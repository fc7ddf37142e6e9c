import type { Account } from './sign-ins.ts';

/** The value of a Basic header (RFC 7617). */
export function basic({ user, password }: Account): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

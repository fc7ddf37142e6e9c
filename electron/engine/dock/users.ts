import { createHash, timingSafeEqual } from 'node:crypto';
import type { Users, Verify } from './options.ts';

/** A check of passwords that takes the same time for every wrong one, known user or not. */
export function verifierOf(users: Users): Verify {
  if (typeof users === 'function') return users;
  const passwords = new Map(Object.entries(users).map(([user, password]) => [user, hashOf(password)]));
  const nobody = hashOf('');
  return (user, password) => {
    const known = passwords.get(user);
    const isSame = timingSafeEqual(hashOf(password), known ?? nobody);
    return known !== undefined && isSame;
  };
}

/** User and password in an Authorization header of the Basic scheme; undefined for any other. */
export function basicCredentials(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(header?.trim() ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { createHmac, randomBytes } from 'node:crypto';
import { copyError, type CopyError } from '../kernel/errors.ts';
import { type BcryptHash, isPassword, parseBcrypt } from './bcrypt.ts';
import type { Verify } from './options.ts';

/** More work than this per password would let strangers keep the machine busy. */
const highestCost = 14;
const mostRemembered = 1000;
const mostWaiting = 64;

/**
 * A check of passwords by a file that `htpasswd -B` wrote; throws `invalid` naming the line for what cannot be read. bcrypt
 * is slow on purpose, so one is checked at a time and what was found is remembered, as a keyed hash.
 */
export function htpasswdVerifier(text: string, name: string): Verify {
  const users = readHtpasswd(text, name);
  const [anyone] = users.values();
  if (anyone === undefined) throw unreadable(name, 'names no user');
  const found = new Map<string, boolean>();
  const key = randomBytes(32);
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();
  return async (user, password) => {
    const asked = createHmac('sha256', key).update(`${user}\0${password}`).digest('base64');
    const before = found.get(asked);
    if (before !== undefined) return before;
    if (waiting >= mostWaiting) return false;
    waiting++;
    const known = users.get(user);
    // as slow for a user who is not there
    const mine = turn.then(() => isPassword(password, known ?? anyone));
    turn = mine;
    try {
      const isRight = (await mine) && known !== undefined;
      const [oldest] = found.keys();
      if (oldest !== undefined && found.size >= mostRemembered) found.delete(oldest);
      found.set(asked, isRight);
      return isRight;
    } finally {
      waiting--;
    }
  };
}

function readHtpasswd(text: string, name: string): ReadonlyMap<string, BcryptHash> {
  const users = new Map<string, BcryptHash>();
  text.split(/\r?\n/).forEach((line, at) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const colon = line.indexOf(':');
    const hash = parseBcrypt(line.slice(colon + 1).trim());
    if (colon < 1 || hash === undefined)
      throw unreadable(name, `has no bcrypt entry in line ${at + 1}; make it by htpasswd -B`);
    if (hash.cost > highestCost)
      throw unreadable(name, `asks for cost ${hash.cost} in line ${at + 1}; at most ${highestCost} is taken`);
    users.set(line.slice(0, colon), hash);
  });
  return users;
}

function unreadable(name: string, what: string): CopyError {
  const message = `the htpasswd file ${name} ${what}`;
  return copyError('invalid', { side: 'local', op: 'htpasswd.read', subject: name, message });
}

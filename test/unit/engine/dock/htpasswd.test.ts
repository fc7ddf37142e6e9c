import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isPassword, parseBcrypt } from '../../../../electron/engine/dock/bcrypt.ts';
import { htpasswdVerifier } from '../../../../electron/engine/dock/htpasswd.ts';
import { hasPeer } from '../../../fakes/peers.ts';

const secret = '$2y$04$fDz7YkTrgv8FjCT7xUEtQuqbXYgFPnB6Wth0Hcd4/KvweGILEhSL2';

// The vectors of crypt_blowfish 1.3.
test.each([
  ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
  ['U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy'],
  ['secret', secret],
])('knows that "%s" is hashed to %s', async (password, text) => {
  const hash = parseBcrypt(text);
  if (hash === undefined) throw new Error('the vector cannot be read');
  expect(await isPassword(password, hash)).toBe(true);
  expect(await isPassword(`${password}x`, hash)).toBe(false);
});

test.runIf(hasPeer('htpasswd')).each(['päss wörd', '密码', 'x'.repeat(71), 'x'.repeat(72), 'x'.repeat(90)])(
  'agrees with htpasswd about %s',
  async (password) => {
    const made = spawnSync('htpasswd', ['-Bbn', '-C', '4', 'ferry', password], { encoding: 'utf8' });
    expect(await htpasswdVerifier(made.stdout, 'file')('ferry', password)).toBe(true);
  },
);

test('lets in who is in the file with that password, and nobody else', async () => {
  const verify = htpasswdVerifier(`# people\n\nferry:${secret}\r\n`, 'users');
  expect(await verify('ferry', 'secret')).toBe(true);
  expect(await verify('ferry', 'Secret')).toBe(false);
  expect(await verify('other', 'secret')).toBe(false);
  expect(await verify('ferry', 'secret')).toBe(true);
  expect(await verify('ferry\0', 'secret')).toBe(false);
});

test('says which line cannot be read, and repeats nothing of it', () => {
  const lines = ['ferry:{SHA}5baa61e4c9b93f3f', 'ferry:$apr1$x$y', 'ferry', ':x', 'ferry:plain password'];
  for (const line of lines) {
    const text = `a:${secret}\n${line}`;
    expect(() => htpasswdVerifier(text, 'users')).toThrow(
      'the htpasswd file users has no bcrypt entry in line 2; make it by htpasswd -B',
    );
  }
});

test('takes no file that names nobody, nor a cost that would keep the machine busy', () => {
  expect(() => htpasswdVerifier('# nobody\n', 'users')).toThrow('names no user');
  expect(() => htpasswdVerifier(`a:${secret.replace('$04$', '$31$')}`, 'users')).toThrow('cost 31');
});

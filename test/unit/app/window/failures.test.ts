import { describe, expect, test } from 'vitest';
import { copyError } from '../../../../electron/app/errors.ts';
import { failureForWindow } from '../../../../electron/app/window/failures.ts';
import { failureShape, longestFailureText } from '../../../../electron/contract/envelope.ts';

const messageOf = (message: string): string =>
  failureForWindow(copyError('disk', { side: 'local', op: 'x', subject: 'x', message }), 'x').message;

describe('S-IPC-6: a failure for a window', () => {
  test.each([
    ["open '/home/operator/.docker/config.json' refused", "open '[path]' refused"],
    ['/var/lib/image-ferry/data.db is damaged', '[path] is damaged'],
    ['"C:\\Program Files (x86)\\Image Ferry\\x" is away', '"[path]" is away'],
    ['(/tmp/a/b)', '([path])'],
    ['C:\\Users\\operator\\data is full', '[path] is full'],
    ['D:/data/x: gone', '[path]: gone'],
    ['\\\\server\\share\\x is away', '[path] is away'],
  ])('names no place of this machine: %s', (message, shown) => {
    expect(messageOf(message)).toBe(shown);
  });

  test.each([
    'source has no team/app:1.2.3',
    'docker.io/library/nginx:1 was not found',
    'GET https://harbor.example/v2/team/app/manifests/1 was answered 500',
    'GET /v2/team/app/manifests/1 was answered 500',
    '[::1]:5000/team/app is away',
    'half/half, and/or',
    'image.tar cannot be read',
  ])('leaves what names no such place: %s', (message) => {
    expect(messageOf(message)).toBe(message);
  });

  test('hides secrets and keeps its bounds, whatever is thrown', () => {
    const secret = 'planted-secret-value';
    const long = 'x'.repeat(10_000);
    const thrown = [
      copyError('refused', {
        side: 'destination',
        op: long,
        subject: `https://user:${secret}@one.example/x`,
        message: `Authorization: Bearer ${secret} password=${secret} ${long}`,
        codes: Array.from({ length: 50 }, () => `${long}\n`),
        http: { method: 'PUT', url: `https://one.example/x?token=${secret}`, status: 400, requestId: long },
      }),
      new Error(`Bearer ${secret}`, { cause: new Error(secret) }),
      { secret },
      `password=${secret}`,
      undefined,
      null,
      Symbol('x'),
    ];
    for (const each of thrown) {
      const failure = failureForWindow(each, 'about.get');
      expect(JSON.stringify(failure)).not.toContain(secret);
      expect(failureShape.safeParse(failure).error).toBeUndefined();
      expect(failure.message.length).toBeLessThanOrEqual(longestFailureText);
    }
  });
});

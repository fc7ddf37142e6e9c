import { describe, expect, test } from 'vitest';
import { LiveSecrets, watchedCredentials } from '../../../../electron/engine/vault/live-secrets.ts';

const { signal } = new AbortController();
const password = 'pä$$ w+rd/(1)';

function secrets(): LiveSecrets {
  const live = new LiveSecrets();
  live.addCredential({ kind: 'basic', user: 'operator', password });
  return live;
}

describe('secrets in use', () => {
  test.each([
    ['as they stand', password],
    ['in base64', Buffer.from(password).toString('base64')],
    ['in base64 for URLs', Buffer.from(password).toString('base64url')],
    ['as a header carries them', Buffer.from(`operator:${password}`).toString('base64')],
    ['in a URL', encodeURIComponent(password)],
    ['in a form', new URLSearchParams({ p: password }).toString().slice(2)],
    ['in a form with their base64', encodeURIComponent(Buffer.from(password).toString('base64'))],
    ['in JSON', JSON.stringify(password).slice(1, -1)],
  ])('are taken out of a text %s', (_how, form) => {
    expect(secrets().redact(`before ${form} after ${form}`)).toBe('before [redacted] after [redacted]');
  });

  test('leave the rest of a text alone', () => {
    expect(secrets().redact('operator copied team/app:1')).toBe('operator copied team/app:1');
  });

  test('are hidden whole when one begins another', () => {
    const live = new LiveSecrets();
    live.add('horse');
    live.add('horse-battery');
    expect(live.redact('a horse-battery, a horse')).toBe('a [redacted], a [redacted]');
  });

  test('too short to be told from words are hidden as they are sent', () => {
    const live = new LiveSecrets();
    live.addCredential({ kind: 'basic', user: 'operator', password: 'ab' });
    expect(live.redact(`about ${Buffer.from('operator:ab').toString('base64')}`)).toBe('about [redacted]');
  });

  test('are forgotten when asked to', () => {
    const live = secrets();
    live.clear();
    expect(live.redact(password)).toBe(password);
  });

  test('are all those that a watched source gives', async () => {
    const live = new LiveSecrets();
    const source = { credentialFor: async () => ({ kind: 'identity', token: 'refresh-token-1' }) as const };
    await watchedCredentials(source, live).credentialFor('a.test', undefined, signal);
    expect(live.redact('got refresh-token-1')).toBe('got [redacted]');
  });
});

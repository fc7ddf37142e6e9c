import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startConnectProxy } from '../../fakes/connect-proxy.ts';
import { basic, call } from '../../fakes/plain-http.ts';
import { rawAnswers } from '../../fakes/raw-answers.ts';
import { startRawRegistry, type RawStep } from '../../fakes/raw-registry.ts';

test('sends every crooked answer, and node:http survives it', async () => {
  const answers: Readonly<Record<string, readonly RawStep[]>> = rawAnswers;
  const names = Object.keys(answers);
  const raw = await startRawRegistry(({ url }) => answers[url.slice(1)] ?? []);
  const outcomes: Record<string, string | number> = {};
  for (const name of names) {
    outcomes[name] = await call('GET', `${raw.url}/${name}`, { timeoutMs: 100 }).then(
      (answer) => (answer.body.toString() === 'hello' ? answer.status : 'other body'),
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
  }
  await raw.close();
  expect(outcomes).toMatchObject({
    hugeHeader: 'HPE_HEADER_OVERFLOW',
    badChunkSize: 'ECONNRESET',
    shortBody: 'ECONNRESET',
    closeDelimited: 200,
    earlyHints: 200,
    neverAnswers: `no data from ${raw.host}`,
    reset: 'ECONNRESET',
  });
  expect(raw.records.map((record) => record.url.slice(1))).toEqual(names);
});

test('a CONNECT proxy opens tunnels for who may', async () => {
  const far = await startRawRegistry(() => rawAnswers.earlyHints);
  const proxy = await startConnectProxy({ login: { user: 'me', password: 'proxy secret' } });
  const ask = async (header: string): Promise<string> => {
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    socket.write(`CONNECT ${far.host} HTTP/1.1\r\nHost: ${far.host}\r\n${header}\r\nGET / HTTP/1.1\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.endsWith('hello')) break;
    }
    return text;
  };
  expect(await ask('')).toMatch(/^HTTP\/1.1 407/);
  expect(proxy.tunnels).toEqual([]);
  const login = `Proxy-Authorization: ${basic('me', 'proxy secret')}\r\n`;
  expect(await ask(login)).toMatch(/^HTTP\/1.1 200 [^]*hello$/);
  expect(proxy.tunnels).toEqual([far.host]);
  expect(far.records[0]?.headers).toEqual([]);
  await Promise.all([far.close(), proxy.close()]);
});

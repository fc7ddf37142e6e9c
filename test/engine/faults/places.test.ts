import { createServer } from 'node:http';
import type { LookupAddress } from 'node:dns';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Lookup } from '../../../electron/engine/http/connections.ts';
import { foreignLayerImage } from '../../fakes/artifacts.ts';
import { closeServer, listen } from '../../fakes/listening.ts';
import { guardSecret } from '../../fakes/recorder.ts';
import { startRawRegistry } from '../../fakes/raw-registry.ts';
import { rawAnswer } from '../../fakes/raw-answers.ts';
import { startTokenServer, type TokenServerOptions } from '../../fakes/token-server.ts';
import { matching, watchForLeaks } from '../quirks/outcomes.ts';
import { copyPairs, onlyResult, openScene, quickEngine, quickLimits, small } from '../quirks/scene.ts';

watchForLeaks();

const password = 'a-password-to-guard';
const login = { kind: 'basic', user: 'somebody', password } as const;

/** Names that a test resolves; all others do not exist. */
function names(
  known: Readonly<Record<string, readonly string[] | (() => readonly string[])>>,
): Lookup & { asked: string[] } {
  const asked: string[] = [];
  const lookup: Lookup = (hostname, _options, callback) => {
    asked.push(hostname);
    const entry = known[hostname];
    const addresses = typeof entry === 'function' ? entry() : entry;
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
    const found = (addresses ?? []).map(
      (address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }),
    );
    queueMicrotask(() => (found.length === 0 ? callback(error, []) : callback(null, found)));
  };
  return Object.assign(lookup, { asked });
}

const forbidden = [
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/x',
  'http://0xa9fea9fe/x',
  'http://0251.0376.0251.0376/x',
  'http://[::ffff:169.254.169.254]/x',
  'http://[::ffff:a9fe:a9fe]/x',
  'http://[64:ff9b::a9fe:a9fe]/x',
  'http://[2002:a9fe:a9fe::1]/x',
  'http://[fe80::1]/x',
  'http://[fd00:ec2::254]/x',
  'http://100.100.100.200/x',
  'http://0.0.0.0/x',
  'http://[::]/x',
  'http://224.0.0.1/x',
  'http://255.255.255.255/x',
];

describe('S-CRED-4 places that no server may name', () => {
  test.each(forbidden)('a redirect to %s', async (place) => {
    const scene = await openScene({ source: { quirks: { blobRedirect: 307, blobRedirectTo: place } } });
    const { failure } = await scene.copyOne();
    expect(failure).toMatchObject({ kind: 'refused', side: 'source' });
    expect(failure?.message).toContain('may not name');
  });

  test.each(forbidden.slice(0, 7))('a realm at %s', async (place) => {
    const raw = await startRawRegistry(() => [
      rawAnswer(401, { 'WWW-Authenticate': `Bearer realm="${place}",service="x"` }),
    ]);
    onTestFinished(() => raw.close());
    guardSecret(password, []);
    const engine = quickEngine({
      hosts: new Map([[raw.host, { plainHttp: true }]]),
      credentials: { credentialFor: () => Promise.resolve(login) },
    });
    const tags = engine.tags({ host: raw.host, path: 'a/b' }, new AbortController().signal);
    await expect(tags).rejects.toMatchObject({ kind: 'refused' });
  });

  test.each(forbidden.slice(0, 4))('a Location at %s', async (place) => {
    const scene = await openScene();
    const raw = await startRawRegistry((request) => [
      request.method === 'POST' ? rawAnswer(202, { Location: place }) : rawAnswer(404, {}),
    ]);
    onTestFinished(() => raw.close());
    const engine = quickEngine({
      hosts: new Map([raw.host, scene.source.host].map((host) => [host, { plainHttp: true }])),
    });
    const summary = await copyPairs(engine, [[`${scene.source.host}/team/app:1`, `${raw.host}/a/b:1`]]);
    expect(onlyResult(summary).failure).toMatchObject({ kind: 'refused', side: 'destination' });
  });

  test.each(forbidden.slice(0, 4))('a foreign layer at %s', async (place) => {
    const scene = await openScene({ content: foreignLayerImage([place]) });
    expect((await scene.copyOne()).failure).toMatchObject({ kind: 'missing-content', side: 'source' });
  });

  test('a public registry may not name a private one, whatever the name says', async () => {
    const lookup = names({
      'registry.test': ['127.0.0.1'],
      'cdn.test': ['10.1.2.3'],
      'meta.test': ['169.254.169.254'],
    });
    for (const [place, says] of [
      ['http://meta.test/x', 'refused'],
      ['http://nowhere.test/x', 'unreachable'],
    ] as const) {
      const scene = await openScene({
        source: { quirks: { blobRedirect: 307, blobRedirectTo: place }, content: { 'team/app:1': small } },
        engine: { lookup },
      });
      expect((await scene.copyOne()).failure).toMatchObject({ kind: says, side: 'source' });
    }
    expect(lookup.asked).toContain('meta.test');
  });

  test('a name that is public first and forbidden at the connection', async () => {
    let asked = 0;
    const lookup = names({
      'rebind.test': () => (asked++ === 0 ? ['203.0.113.7', '169.254.169.254'] : ['169.254.169.254']),
    });
    const scene = await openScene({
      source: {
        quirks: { blobRedirect: 307, blobRedirectTo: 'http://rebind.test/x' },
        content: { 'team/app:1': small },
      },
      engine: { lookup },
    });
    expect((await scene.copyOne()).failure).toMatchObject({ kind: 'refused' });
  });
});

describe('F-10 names', () => {
  test('one that does not exist is asked for three times', async () => {
    const lookup = names({});
    const engine = quickEngine({ lookup, retries: 20, waitMs: 60_000 });
    const tags = engine.tags({ host: 'no.such.test', path: 'a/b' }, new AbortController().signal);
    await expect(tags).rejects.toMatchObject({ kind: 'unreachable', hint: 'no-such-host', attempts: 3 });
    expect(lookup.asked.length).toBeLessThanOrEqual(3);
  });

  test('one whose first address is dead is reached by the second, and the registry keeps its name', async () => {
    const scene = await openScene();
    const port = scene.source.host.split(':')[1] ?? '';
    const engine = quickEngine({
      lookup: names({ 'registry.test': ['127.0.0.2', '127.0.0.1'] }),
      hosts: new Map([[`registry.test:${port}`, { plainHttp: true }]]),
      limits: { ...quickLimits, connectMs: 5000 },
    });
    const tags = await engine.tags({ host: `registry.test:${port}`, path: 'team/app' }, new AbortController().signal);
    expect(tags).toEqual(['1']);
    const hosts = scene.source.records.flatMap((one) => one.headers.filter(([name]) => /^host$/i.test(name)));
    expect(hosts[0]?.[1]).toBe(`registry.test:${port}`);
  });
});

describe('F-23 redirects', () => {
  async function chain(hops: number): Promise<{ url: string; asked: () => number }> {
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      const at = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('at') ?? 0);
      if (at < hops) response.writeHead(307, { location: `/?at=${at + 1}` }).end();
      else response.writeHead(200).end('{"tags":["end"]}');
    });
    const port = await listen(server);
    onTestFinished(() => closeServer(server));
    return { url: `127.0.0.1:${port}`, asked: () => asked };
  }

  test.each([
    [5, true],
    [6, false],
  ] as const)('%i of them', async (hops, isFollowed) => {
    const { url, asked } = await chain(hops);
    const engine = quickEngine({ hosts: new Map([[url, { plainHttp: true }]]) });
    const tags = engine.tags({ host: url, path: 'a/b' }, new AbortController().signal);
    if (isFollowed) await expect(tags).resolves.toEqual(['end']);
    else
      await expect(tags).rejects.toMatchObject({
        kind: 'protocol',
        message: matching('more than 5'),
      });
    expect(asked()).toBe(6);
  });
});

describe('S-CRED-1 the token server is pinned', () => {
  test('one that changes in mid job gets no secret', async () => {
    const first = await startTokenServer({ users: { somebody: { password } }, lifetimeSeconds: 60 });
    const second = await startTokenServer({ users: { somebody: { password } } });
    onTestFinished(() => Promise.all([first.close(), second.close()]).then(() => undefined));
    guardSecret(password, [first.origin]);
    let asked = 0;
    const realms = [first.realm, second.realm];
    const raw = await startRawRegistry((request) => {
      asked += 1;
      const isKnown = request.headers.some(([name]) => /^authorization$/i.test(name)) && asked < 3;
      const realm = realms[asked < 3 ? 0 : 1] ?? '';
      return isKnown
        ? [rawAnswer(200, {}, '{"tags":["1"]}')]
        : [rawAnswer(401, { 'WWW-Authenticate': `Bearer realm="${realm}",service="registry.test"` })];
    });
    onTestFinished(() => raw.close());
    const engine = quickEngine({
      hosts: new Map([[raw.host, { plainHttp: true }]]),
      credentials: { credentialFor: () => Promise.resolve(login) },
    });
    const ask = (): Promise<readonly string[]> =>
      engine.tags({ host: raw.host, path: 'a/b' }, new AbortController().signal);
    expect(await ask()).toEqual(['1']);
    await expect(ask()).rejects.toMatchObject({ kind: 'unauthorized', hint: 'realm-changed' });
    expect(second.records).toEqual([]);
  });

  const wrong: readonly { sentence: string; options: TokenServerOptions; kind: string }[] = [
    { sentence: 'a token longer than 64 KiB', options: { paddingBytes: 70_000 }, kind: 'protocol' },
    { sentence: 'one that never answers', options: { hangs: true }, kind: 'timeout' },
    { sentence: 'one that fails', options: { failures: { times: 1000, status: 500 } }, kind: 'unavailable' },
    {
      sentence: 'one that redirects',
      options: { redirectTo: { status: 302, location: 'http://127.0.0.1:1/token' } },
      kind: 'protocol',
    },
    { sentence: 'one that says no', options: { failures: { times: 1000, status: 403 } }, kind: 'forbidden' },
  ];
  test.each(wrong)('S-CRED-2 $sentence', async ({ options, kind }) => {
    const tokens = await startTokenServer({ users: { somebody: { password } }, ...options });
    onTestFinished(() => tokens.close());
    const scene = await openScene({
      source: { access: { tokens }, content: { 'team/app:1': small } },
      sourceCredential: login,
      engine: { limits: { ...quickLimits, headersMs: 200, tokenMs: 300 } },
    });
    guardSecret(password, [tokens.origin]);
    const { failure } = await scene.copyOne();
    expect(failure).toMatchObject({ kind, side: 'source' });
    expect(JSON.stringify(failure)).not.toContain(password);
  });
});

describe('F-46 foreign layers', () => {
  test('come from where they are said to be, without credentials; one that breaks off is gone on with', async () => {
    const [, foreign] = foreignLayerImage(['http://127.0.0.1:1/none']).blobs;
    const bytes = foreign?.bytes() ?? Buffer.alloc(0);
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      const { range, authorization } = request.headers;
      asked.push(authorization ?? range);
      const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
      if (from > 0) response.setHeader('content-range', `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
      response.writeHead(from > 0 ? 206 : 200, { 'content-length': String(bytes.length - from) });
      if (from > 0) response.end(bytes.subarray(from));
      else response.write(bytes.subarray(0, 1000), () => setTimeout(() => request.socket.resetAndDestroy(), 30));
    });
    const port = await listen(server);
    onTestFinished(() => closeServer(server));
    const place = `http://127.0.0.1:${port}/layer`;
    const scene = await openScene({
      content: foreignLayerImage([place]),
      source: {
        access: { basic: { user: 'somebody', password } },
        content: { 'team/app:1': foreignLayerImage([place]) },
      },
      sourceCredential: login,
    });
    guardSecret(password, [scene.source.url]);
    expect((await scene.copyOne()).failure).toBeUndefined();
    expect(asked).toEqual([undefined, 'bytes=1000-']);
    await scene.assertWhole();
  });
});

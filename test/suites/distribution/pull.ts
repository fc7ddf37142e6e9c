import { expect } from 'vitest';
import { index, image, types } from '../../fakes/images.ts';
import { codesOf, type Requirement, sha256 } from './asking.ts';

const absent = sha256('nobody has these bytes');
const content = Buffer.from('0123456789abcdefghij');

/** Pull: distribution-spec v1.1.1, "Pulling manifests", "Pulling blobs", "Checking if content exists". */
export const pull: readonly Requirement[] = [
  {
    name: 'answers the base address',
    check: async (registry) => {
      const answer = await registry.ask('GET', '');
      expect(answer.status).toBe(200);
      expect(answer.headers['docker-distribution-api-version']).toBe('registry/2.0');
    },
  },
  {
    name: 'answers 404 for a blob it does not have',
    check: async (registry) => {
      const repository = registry.freshRepository();
      await registry.pushImage(repository, 'one');
      for (const method of ['GET', 'HEAD']) {
        expect((await registry.ask(method, `${repository}/blobs/${absent}`)).status).toBe(404);
      }
    },
  },
  {
    name: 'answers 404 with a code for a manifest it does not have',
    check: async (registry) => {
      const repository = registry.freshRepository();
      await registry.pushImage(repository, 'one');
      for (const reference of ['two', absent]) {
        expect((await registry.getManifest(repository, reference, 'HEAD')).status).toBe(404);
        const answer = await registry.getManifest(repository, reference);
        expect(answer.status).toBe(404);
        expect(codesOf(answer)).toEqual(['MANIFEST_UNKNOWN']);
      }
    },
  },
  {
    name: 'gives a blob back byte for byte, with its length and digest',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const digest = await registry.pushBlob(repository, content);
      const head = await registry.ask('HEAD', `${repository}/blobs/${digest}`);
      const answer = await registry.ask('GET', `${repository}/blobs/${digest}`);
      expect([head.status, answer.status]).toEqual([200, 200]);
      expect(answer.body).toEqual(content);
      for (const { headers } of [head, answer]) {
        expect(headers['content-length']).toBe(String(content.length));
        expect(headers['docker-content-digest']).toBe(digest);
      }
    },
  },
  {
    name: 'gives a manifest back byte for byte, by tag and by digest, with its type, length and digest',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const one = await registry.pushImage(repository, 'one');
      for (const reference of ['one', one.digest]) {
        const head = await registry.getManifest(repository, reference, 'HEAD');
        const answer = await registry.getManifest(repository, reference);
        expect([head.status, answer.status]).toEqual([200, 200]);
        expect(answer.body).toEqual(one.raw);
        for (const { headers } of [head, answer]) {
          expect(headers['content-type']).toBe(types.ociManifest);
          expect(headers['content-length']).toBe(String(one.raw.length));
          expect(headers['docker-content-digest']).toBe(one.digest);
        }
      }
    },
  },
  {
    name: 'gives Docker types and indexes back with the types they were pushed with',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const list = index([image({ flavour: 'docker' })], { flavour: 'docker' });
      await registry.pushImage(repository, 'list', list);
      await registry.pushImage(repository, 'index', index([image()]));
      expect((await registry.getManifest(repository, 'list')).headers['content-type']).toBe(types.dockerList);
      expect((await registry.getManifest(repository, 'index')).headers['content-type']).toBe(types.ociIndex);
    },
  },
  {
    name: 'gives the rest of a blob from an offset on',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const digest = await registry.pushBlob(repository, content);
      const answer = await registry.ask('GET', `${repository}/blobs/${digest}`, { headers: { range: 'bytes=15-' } });
      expect(answer.status).toBe(206);
      expect(answer.headers['content-range']).toBe('bytes 15-19/20');
      expect(answer.body.toString()).toBe('fghij');
    },
  },
  {
    name: 'gives a range and the last bytes of a blob',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const digest = await registry.pushBlob(repository, content);
      for (const [range, expected] of [
        ['bytes=2-4', '234'],
        ['bytes=-3', 'hij'],
        ['bytes=18-99', 'ij'],
      ] as const) {
        const answer = await registry.ask('GET', `${repository}/blobs/${digest}`, { headers: { range } });
        expect([range, answer.status, answer.body.toString()]).toEqual([range, 206, expected]);
      }
    },
  },
  {
    name: 'answers 416 with the size for a range behind the end',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const digest = await registry.pushBlob(repository, content);
      const answer = await registry.ask('GET', `${repository}/blobs/${digest}`, { headers: { range: 'bytes=20-' } });
      expect(answer.status).toBe(416);
      expect(answer.headers['content-range']).toBe('bytes */20');
    },
  },
  {
    name: 'answers several ranges at once with the whole blob',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const digest = await registry.pushBlob(repository, content);
      const headers = { range: 'bytes=0-1,4-5' };
      const answer = await registry.ask('GET', `${repository}/blobs/${digest}`, { headers });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(content);
    },
  },
  {
    name: 'answers 304 for content the client says it has',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const one = await registry.pushImage(repository, 'one');
      const { etag = '' } = (await registry.getManifest(repository, 'one')).headers;
      const accept = { accept: types.ociManifest };
      const again = await registry.ask('GET', `${repository}/manifests/one`, {
        headers: { ...accept, 'if-none-match': etag },
      });
      expect([etag === '', again.status]).toEqual([false, 304]);
      const other = await registry.ask('GET', `${repository}/manifests/one`, {
        headers: { ...accept, 'if-none-match': `"${absent}"` },
      });
      expect([other.status, other.body.equals(one.raw)]).toEqual([200, true]);
    },
  },
  {
    name: 'answers a malformed digest with a client error that tells nothing of its files',
    check: async (registry) => {
      const repository = registry.freshRepository();
      await registry.pushImage(repository, 'one');
      for (const path of [`${repository}/manifests/sha256:12`, `${repository}/manifests/sha256:${'G'.repeat(64)}`]) {
        const answer = await registry.ask('GET', path);
        expect([400, 404]).toContain(answer.status);
        expect(answer.body.toString()).not.toMatch(/\/(docker|var|tmp)\//);
      }
    },
  },
];

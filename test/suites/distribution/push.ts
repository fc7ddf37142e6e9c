import { expect } from 'vitest';
import { codesOf, octets, type Requirement, sha256, sha512, withDigest } from './asking.ts';

const content = Buffer.from('a layer of twenty-six bytes');
const digest = sha256(content);

/** Push of blobs: distribution-spec v1.1.1, "Pushing blobs", "Mounting a blob from another repository", "Cancel a blob upload". */
export const pushBlobs: readonly Requirement[] = [
  {
    name: 'takes a blob by POST and PUT and says where it is',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const target = withDigest(await registry.openUpload(repository), digest);
      const answer = await registry.ask('PUT', target, { headers: octets, body: content });
      expect(answer.status).toBe(201);
      expect((await registry.ask('GET', registry.locationOf(answer))).body).toEqual(content);
    },
  },
  {
    name: 'takes a blob in one POST',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const path = `${repository}/blobs/uploads/?digest=${digest}`;
      const answer = await registry.ask('POST', path, { headers: octets, body: content });
      expect(answer.status).toBe(201);
      expect((await registry.ask('GET', registry.locationOf(answer))).body).toEqual(content);
    },
  },
  {
    name: 'takes a blob as one stream of unknown length',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const body = [content.subarray(0, 5), content.subarray(5)];
      const patched = await registry.ask('PATCH', await registry.openUpload(repository), { headers: octets, body });
      expect([202, patched.headers.range]).toEqual([patched.status, `0-${content.length - 1}`]);
      const answer = await registry.ask('PUT', withDigest(registry.locationOf(patched), digest));
      expect(answer.status).toBe(201);
      expect((await registry.ask('GET', `${repository}/blobs/${digest}`)).body).toEqual(content);
    },
  },
  {
    name: 'takes a blob in chunks and tells after each how far it is',
    check: async (registry) => {
      const repository = registry.freshRepository();
      let location = await registry.openUpload(repository);
      for (const [start, end] of [
        [0, 10],
        [10, 20],
      ] as const) {
        const headers = { ...octets, 'content-range': `${start}-${end - 1}` };
        const body = content.subarray(start, end);
        const answer = await registry.ask('PATCH', location, { headers, body });
        expect([answer.status, answer.headers.range]).toEqual([202, `0-${end - 1}`]);
        location = registry.locationOf(answer);
        const status = await registry.ask('GET', location);
        expect([status.status, status.headers.range]).toEqual([204, `0-${end - 1}`]);
        location = registry.locationOf(status);
      }
      const headers = { ...octets, 'content-range': `20-${content.length - 1}` };
      const done = await registry.ask('PUT', withDigest(location, digest), { headers, body: content.subarray(20) });
      expect(done.status).toBe(201);
      expect((await registry.ask('GET', `${repository}/blobs/${digest}`)).body).toEqual(content);
    },
  },
  {
    name: 'refuses a chunk out of order with 416 and goes on from where it was',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const first = await registry.ask('PATCH', await registry.openUpload(repository), {
        headers: { ...octets, 'content-range': '0-9' },
        body: content.subarray(0, 10),
      });
      expect(first.status).toBe(202);
      const location = registry.locationOf(first);
      const gap = await registry.ask('PATCH', location, {
        headers: { ...octets, 'content-range': `12-${content.length - 1}` },
        body: content.subarray(12),
      });
      expect(gap.status).toBe(416);
      const status = await registry.ask('GET', location);
      expect([status.status, status.headers.range]).toEqual([204, '0-9']);
      const rest = { headers: octets, body: content.subarray(10) };
      expect((await registry.ask('PUT', withDigest(registry.locationOf(status), digest), rest)).status).toBe(201);
    },
  },
  {
    name: 'takes a blob without a byte',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const empty = await registry.pushBlob(repository, new Uint8Array());
      const answer = await registry.ask('GET', `${repository}/blobs/${empty}`);
      expect([answer.status, answer.body.length]).toEqual([200, 0]);
    },
  },
  {
    name: 'refuses bytes under a digest that is not theirs, and serves them under none',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const wrong = sha256('something else');
      const target = withDigest(await registry.openUpload(repository), wrong);
      const answer = await registry.ask('PUT', target, { headers: octets, body: content });
      expect([answer.status, codesOf(answer)]).toEqual([400, ['DIGEST_INVALID']]);
      for (const name of [wrong, digest]) {
        expect((await registry.ask('HEAD', `${repository}/blobs/${name}`)).status).toBe(404);
      }
    },
  },
  {
    name: 'refuses to close an upload without a digest',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const answer = await registry.ask('PUT', await registry.openUpload(repository), { body: content });
      expect([answer.status, codesOf(answer)]).toEqual([400, ['DIGEST_INVALID']]);
    },
  },
  {
    name: 'forgets an upload that is cancelled',
    check: async (registry) => {
      const location = await registry.openUpload(registry.freshRepository());
      expect((await registry.ask('DELETE', location)).status).toBe(204);
      expect((await registry.ask('GET', location)).status).toBe(404);
      const late = await registry.ask('PUT', withDigest(location, digest), { body: content });
      expect([late.status, codesOf(late)]).toEqual([404, ['BLOB_UPLOAD_UNKNOWN']]);
    },
  },
  {
    name: 'mounts a blob of another repository',
    check: async (registry) => {
      const [from, to] = [registry.freshRepository(), registry.freshRepository()];
      await registry.pushBlob(from, content);
      const answer = await registry.ask('POST', `${to}/blobs/uploads/?mount=${digest}&from=${from}`);
      expect(answer.status).toBe(201);
      expect((await registry.ask('GET', registry.locationOf(answer))).body).toEqual(content);
      expect((await registry.ask('HEAD', `${to}/blobs/${digest}`)).status).toBe(200);
    },
  },
  {
    name: 'opens an upload instead of mounting what is not there',
    check: async (registry) => {
      const [from, to] = [registry.freshRepository(), registry.freshRepository()];
      for (const query of [`mount=${sha256('x')}&from=${from}`, `mount=${sha256('y')}`]) {
        const answer = await registry.ask('POST', `${to}/blobs/uploads/?${query}`);
        expect(answer.status).toBe(202);
        const target = withDigest(registry.locationOf(answer), digest);
        expect((await registry.ask('PUT', target, { headers: octets, body: content })).status).toBe(201);
      }
    },
  },
  {
    name: 'keeps a blob of one repository out of the others',
    check: async (registry) => {
      const [from, to] = [registry.freshRepository(), registry.freshRepository()];
      await registry.pushBlob(from, content);
      await registry.pushImage(to, 'one');
      expect((await registry.ask('HEAD', `${to}/blobs/${digest}`)).status).toBe(404);
    },
  },
  {
    name: 'takes a blob under sha512 and answers with that digest',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const long = sha512(content);
      const target = withDigest(await registry.openUpload(repository), long);
      const answer = await registry.ask('PUT', target, { headers: octets, body: content });
      expect([answer.status, answer.headers['docker-content-digest']]).toEqual([201, long]);
      expect((await registry.ask('GET', `${repository}/blobs/${long}`)).body).toEqual(content);
    },
  },
];

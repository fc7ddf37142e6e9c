import { expect } from 'vitest';
import { amd64, descriptorOf, emptyJson, image, index, manifestOf, types } from '../../fakes/images.ts';
import { codesOf, jsonOf, type Requirement, sha256, sha512 } from './asking.ts';

const absent = (of: string): object => ({ mediaType: types.ociLayer, digest: sha256(of), size: of.length });

/** Push of manifests: distribution-spec v1.1.1, "Pushing Manifests", "Pushing Manifests with Subject". */
export const pushManifests: readonly Requirement[] = [
  {
    name: 'takes a manifest and says where it is and what its digest is',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const one = await registry.pushImage(repository, 'one');
      const answer = await registry.putManifest(repository, 'two', one.raw);
      expect([answer.status, answer.headers['docker-content-digest']]).toEqual([201, one.digest]);
      const accept = { headers: { accept: types.ociManifest } };
      expect((await registry.ask('GET', registry.locationOf(answer), accept)).body).toEqual(one.raw);
    },
  },
  {
    name: 'moves a tag to the manifest pushed last',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const old = await registry.pushImage(repository, 'latest');
      const young = await registry.pushImage(repository, 'latest', image({ seed: 'young' }));
      expect((await registry.getManifest(repository, 'latest')).body).toEqual(young.raw);
      expect((await registry.getManifest(repository, old.digest)).status).toBe(200);
    },
  },
  {
    name: 'takes an index, one in another, and one without entries',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const outer = await registry.pushImage(repository, 'outer', index([index([image()]), image({ seed: 'b' })]));
      expect((await registry.getManifest(repository, 'outer')).body).toEqual(outer.raw);
      await registry.pushImage(repository, 'none', index([]));
    },
  },
  {
    name: 'takes an artifact with an empty config, and one with a config of its own',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const document = { schemaVersion: 2, mediaType: types.ociManifest, layers: [descriptorOf(emptyJson)] };
      const artifact = { ...document, artifactType: 'application/vnd.example+json', config: descriptorOf(emptyJson) };
      await registry.pushImage(repository, 'a', manifestOf(artifact, types.ociManifest, { blobs: [emptyJson] }));
      const own = { ...document, config: descriptorOf(emptyJson, { mediaType: 'application/vnd.own.config' }) };
      await registry.pushImage(repository, 'b', manifestOf(own, types.ociManifest, { blobs: [emptyJson] }));
    },
  },
  {
    name: 'takes a manifest without layers and keeps fields it does not know',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const content = image({ layers: [], extra: { 'x-unknown': { deep: [1, 2.5, null] } } });
      await registry.pushImage(repository, 'one', content);
      expect((await registry.getManifest(repository, 'one')).body).toEqual(content.raw);
    },
  },
  {
    name: 'refuses a manifest whose blobs are missing and lists them all',
    check: async (registry) => {
      const repository = registry.freshRepository();
      await registry.pushBlob(repository, emptyJson.bytes());
      const layers = [absent('first'), absent('second')];
      const document = { schemaVersion: 2, mediaType: types.ociManifest, config: descriptorOf(emptyJson), layers };
      const answer = await registry.putManifest(repository, 'one', JSON.stringify(document));
      expect([400, 404]).toContain(answer.status);
      expect(codesOf(answer)).toEqual(['MANIFEST_BLOB_UNKNOWN', 'MANIFEST_BLOB_UNKNOWN']);
      for (const of of ['first', 'second']) expect(answer.body.toString()).toContain(sha256(of));
      expect((await registry.getManifest(repository, 'one')).status).toBe(404);
    },
  },
  {
    name: 'refuses an index whose manifests are missing',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const content = index([image({ platform: amd64, seed: 'never pushed' })]);
      const answer = await registry.putManifest(repository, 'one', content.raw, types.ociIndex);
      expect([400, 404]).toContain(answer.status);
      expect(codesOf(answer)).toEqual(['MANIFEST_BLOB_UNKNOWN']);
    },
  },
  {
    name: 'refuses a manifest under a digest that is not its own',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const one = await registry.pushImage(repository, 'one');
      const answer = await registry.putManifest(repository, sha256('other'), one.raw);
      expect([answer.status, codesOf(answer)]).toEqual([400, ['DIGEST_INVALID']]);
    },
  },
  {
    name: 'refuses what is not a manifest',
    check: async (registry) => {
      const repository = registry.freshRepository();
      for (const text of ['not json', '[]']) {
        const answer = await registry.putManifest(repository, 'one', text);
        expect(answer.status).toBe(400);
        expect(codesOf(answer)).toContain('MANIFEST_INVALID');
      }
    },
  },
  {
    name: 'calls a document of no kind an invalid manifest',
    check: async (registry) => {
      const answer = await registry.putManifest(registry.freshRepository(), 'one', '{"schemaVersion":2}');
      expect([answer.status, codesOf(answer)]).toEqual([400, ['MANIFEST_INVALID']]);
    },
  },
  {
    name: 'refuses a manifest that gives a blob another size',
    check: async (registry) => {
      const repository = registry.freshRepository();
      await registry.pushBlob(repository, emptyJson.bytes());
      const config = descriptorOf(emptyJson, { size: 3 });
      const document = { schemaVersion: 2, mediaType: types.ociManifest, config, layers: [] };
      expect((await registry.putManifest(repository, 'one', JSON.stringify(document))).status).toBe(400);
    },
  },
  {
    name: 'takes a manifest of 4 MiB',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const content = image({ annotations: { padding: 'x'.repeat(4 * 1024 * 1024 - 2000) } });
      await registry.pushImage(repository, 'large', content);
      expect((await registry.getManifest(repository, 'large')).body.length).toBe(content.sizeBytes);
    },
  },
  {
    name: 'answers 413 for a manifest that is far too large',
    check: async (registry) => {
      const raw = Buffer.alloc(9 * 1024 * 1024, 0x20);
      expect((await registry.putManifest(registry.freshRepository(), 'huge', raw)).status).toBe(413);
    },
  },
  {
    name: 'takes a manifest whose subject is absent and names the subject in its answer',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const subject = { mediaType: types.ociManifest, digest: sha256('subject'), size: 7 };
      const content = image({ extra: { subject } });
      for (const blob of content.blobs) await registry.pushBlob(repository, blob.bytes());
      const answer = await registry.putManifest(repository, content.digest, content.raw);
      expect([answer.status, answer.headers['oci-subject']]).toEqual([201, subject.digest]);
    },
  },
  {
    name: 'takes a manifest under sha512 and answers with that digest',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const one = await registry.pushImage(repository, 'one');
      const long = sha512(one.raw);
      const answer = await registry.putManifest(repository, long, one.raw);
      expect([answer.status, answer.headers['docker-content-digest']]).toEqual([201, long]);
      expect((await registry.getManifest(repository, long)).body).toEqual(one.raw);
    },
  },
  {
    name: 'answers a refusal with errors in the form of the spec',
    check: async (registry) => {
      const answer = await registry.putManifest(registry.freshRepository(), 'one', '{');
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(Object.keys(jsonOf(answer))).toEqual(['errors']);
    },
  },
];

import { expect } from 'vitest';
import { descriptorOf, emptyJson, image, manifestOf, type SampleManifest, types } from '../../fakes/images.ts';
import type { JsonObject } from '../../../electron/oci/fields.ts';
import { type Asking, jsonOf, objectsIn, type Requirement, sha256, textsIn } from './asking.ts';

const inOrder = ['A', 'b', 'B1', 'c', 'v1.10', 'v1.9'];

async function tagged(registry: Asking): Promise<string> {
  const repository = registry.freshRepository();
  const one = await registry.pushImage(repository, 'c');
  for (const tag of ['v1.9', 'b', 'A', 'v1.10', 'B1']) {
    expect((await registry.putManifest(repository, tag, one.raw)).status).toBe(201);
  }
  return repository;
}

async function tagsOf(registry: Asking, repository: string, query = ''): Promise<readonly string[]> {
  const answer = await registry.ask('GET', `${repository}/tags/list${query}`);
  expect(answer.status).toBe(200);
  return textsIn(answer, 'tags');
}

function artifactAbout(subject: SampleManifest, artifactType: string): SampleManifest {
  const document = {
    schemaVersion: 2,
    mediaType: types.ociManifest,
    artifactType,
    config: descriptorOf(emptyJson),
    layers: [descriptorOf(emptyJson)],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.sizeBytes },
    annotations: { about: artifactType },
  };
  return manifestOf(document, types.ociManifest, { blobs: [emptyJson] });
}

async function referrersOf(
  registry: Asking,
  repository: string,
  digest: string,
  query = '',
): Promise<readonly JsonObject[]> {
  const answer = await registry.ask('GET', `${repository}/referrers/${digest}${query}`);
  expect([answer.status, answer.headers['content-type']]).toEqual([200, types.ociIndex]);
  const document = jsonOf(answer);
  expect([document['schemaVersion'], document['mediaType']]).toEqual([2, types.ociIndex]);
  return objectsIn(answer, 'manifests');
}

/** Content discovery: distribution-spec v1.1.1, "Listing Tags", "Listing Referrers"; the catalog is Docker's. */
export const discovery: readonly Requirement[] = [
  {
    name: 'lists every tag of a repository under its name',
    check: async (registry) => {
      const repository = await tagged(registry);
      const answer = await registry.ask('GET', `${repository}/tags/list`);
      expect([answer.status, jsonOf(answer)['name']]).toEqual([200, repository]);
      expect(textsIn(answer, 'tags').toSorted()).toEqual(inOrder.toSorted());
    },
  },
  {
    name: 'lists tags in lexical order without regard to case',
    check: async (registry) => expect(await tagsOf(registry, await tagged(registry))).toEqual(inOrder),
  },
  {
    name: 'lists no more tags than n, and those behind last',
    check: async (registry) => {
      const repository = await tagged(registry);
      expect(await tagsOf(registry, repository, '?n=2')).toEqual(inOrder.slice(0, 2));
      expect(await tagsOf(registry, repository, '?n=2&last=b')).toEqual(inOrder.slice(2, 4));
      expect(await tagsOf(registry, repository, '?last=c')).toEqual(inOrder.slice(4));
      expect(await tagsOf(registry, repository, '?n=0')).toEqual([]);
    },
  },
  {
    name: 'leads through pages of tags by Link, every tag once',
    check: async (registry) => {
      const repository = await tagged(registry);
      const found: string[] = [];
      let path: string | undefined = `${repository}/tags/list?n=4`;
      for (let pages = 0; path !== undefined && pages < 9; pages++) {
        const answer = await registry.ask('GET', path);
        found.push(...textsIn(answer, 'tags'));
        path = /^<([^>]+)>;\s*rel="next"$/.exec(String(answer.headers['link'] ?? ''))?.[1];
        if (pages === 0) expect(path, 'Link').toBeTruthy();
      }
      expect(found).toEqual(inOrder);
    },
  },
  {
    name: 'answers 404 for the tags of a repository it does not have',
    check: async (registry) => {
      expect((await registry.ask('GET', `${registry.freshRepository()}/tags/list`)).status).toBe(404);
    },
  },
  {
    name: 'answers an empty index for a subject without referrers',
    check: async (registry) => {
      const repository = registry.freshRepository();
      await registry.pushImage(repository, 'one');
      expect(await referrersOf(registry, repository, sha256('nothing'))).toEqual([]);
    },
  },
  {
    name: 'lists referrers with type, size, artifact type and annotations, whichever of both was pushed first',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const subject = image({ seed: 'subject' });
      const early = await registry.pushImage(repository, undefined, artifactAbout(subject, 'application/a.early'));
      await registry.pushImage(repository, 'one', subject);
      const late = await registry.pushImage(repository, undefined, artifactAbout(subject, 'application/a.late'));
      const expected = [early, late].map((manifest, at) => {
        const artifactType = at === 0 ? 'application/a.early' : 'application/a.late';
        return { ...descriptorOf(manifest), artifactType, annotations: { about: artifactType } };
      });
      const found = await referrersOf(registry, repository, subject.digest);
      expect(found).toHaveLength(2);
      expect(found).toEqual(expect.arrayContaining(expected));
    },
  },
  {
    name: 'takes the type of the config for the artifact type where the manifest names none',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const subject = await registry.pushImage(repository, 'one');
      const content = image({ seed: 'referrer', extra: { subject: descriptorOf(subject) } });
      await registry.pushImage(repository, undefined, content);
      const [found] = await referrersOf(registry, repository, subject.digest);
      expect(found?.['artifactType']).toBe(types.ociConfig);
    },
  },
  {
    name: 'filters referrers by artifact type and says so',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const subject = await registry.pushImage(repository, 'one');
      const sbom = await registry.pushImage(repository, undefined, artifactAbout(subject, 'application/a.sbom+json'));
      await registry.pushImage(repository, undefined, artifactAbout(subject, 'application/a.signature'));
      const query = `?artifactType=${encodeURIComponent('application/a.sbom+json')}`;
      const found = await referrersOf(registry, repository, subject.digest, query);
      expect(found.map((item) => item['digest'])).toEqual([sbom.digest]);
      const answer = await registry.ask('GET', `${repository}/referrers/${subject.digest}${query}`);
      expect(answer.headers['oci-filters-applied']).toBe('artifactType');
    },
  },
  {
    name: 'answers 400 for the referrers of what is not a digest',
    check: async (registry) => {
      const repository = registry.freshRepository();
      await registry.pushImage(repository, 'one');
      expect((await registry.ask('GET', `${repository}/referrers/sha256:12`)).status).toBe(400);
    },
  },
  {
    name: 'lists its repositories page by page',
    check: async (registry) => {
      const mine = [registry.freshRepository(), registry.freshRepository()];
      for (const repository of mine) await registry.pushImage(repository, 'one');
      const found: string[] = [];
      let path: string | undefined = '_catalog?n=3';
      for (let pages = 0; path !== undefined && pages < 200; pages++) {
        const answer = await registry.ask('GET', path);
        expect(answer.status).toBe(200);
        found.push(...textsIn(answer, 'repositories'));
        path = /^<([^>]+)>;\s*rel="next"$/.exec(String(answer.headers['link'] ?? ''))?.[1];
      }
      expect(found).toEqual(expect.arrayContaining(mine));
      expect(new Set(found).size).toBe(found.length);
    },
  },
];

import { expect } from 'vitest';
import { descriptorOf, image } from '../../fakes/images.ts';
import { jsonOf, type Requirement, sha256 } from './asking.ts';

/** Content management: distribution-spec v1.1.1, "Deleting tags", "Deleting Manifests", "Deleting Blobs". */
export const management: readonly Requirement[] = [
  {
    name: 'deletes a tag and keeps its manifest',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const one = await registry.pushImage(repository, 'one');
      await registry.putManifest(repository, 'two', one.raw);
      expect((await registry.ask('DELETE', `${repository}/manifests/one`)).status).toBe(202);
      expect((await registry.getManifest(repository, 'one')).status).toBe(404);
      expect((await registry.getManifest(repository, one.digest)).status).toBe(200);
      expect(jsonOf(await registry.ask('GET', `${repository}/tags/list`))['tags']).toEqual(['two']);
    },
  },
  {
    name: 'deletes a manifest with every tag on it',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const one = await registry.pushImage(repository, 'one');
      await registry.putManifest(repository, 'two', one.raw);
      expect((await registry.ask('DELETE', `${repository}/manifests/${one.digest}`)).status).toBe(202);
      for (const reference of ['one', 'two', one.digest]) {
        expect((await registry.getManifest(repository, reference)).status).toBe(404);
      }
    },
  },
  {
    name: 'deletes a blob of one repository only',
    check: async (registry) => {
      const [here, there] = [registry.freshRepository(), registry.freshRepository()];
      const content = Buffer.from('in two repositories');
      const digest = await registry.pushBlob(here, content);
      await registry.pushBlob(there, content);
      expect((await registry.ask('DELETE', `${here}/blobs/${digest}`)).status).toBe(202);
      expect((await registry.ask('GET', `${here}/blobs/${digest}`)).status).toBe(404);
      expect((await registry.ask('GET', `${there}/blobs/${digest}`)).body).toEqual(content);
    },
  },
  {
    name: 'answers 404 when asked to delete what it does not have',
    check: async (registry) => {
      const repository = registry.freshRepository();
      await registry.pushImage(repository, 'one');
      for (const path of ['manifests', 'blobs']) {
        expect((await registry.ask('DELETE', `${repository}/${path}/${sha256('nothing')}`)).status).toBe(404);
      }
    },
  },
  {
    name: 'lists a referrer no more once it is deleted',
    check: async (registry) => {
      const repository = registry.freshRepository();
      const subject = await registry.pushImage(repository, 'one');
      const extra = { subject: descriptorOf(subject) };
      const referrer = await registry.pushImage(repository, undefined, image({ seed: 'referrer', extra }));
      expect((await registry.ask('DELETE', `${repository}/manifests/${referrer.digest}`)).status).toBe(202);
      const answer = await registry.ask('GET', `${repository}/referrers/${subject.digest}`);
      expect([answer.status, jsonOf(answer)['manifests']]).toEqual([200, []]);
    },
  },
];

import { expect, test } from 'vitest';
import { foreseenRefusals } from '../../../../electron/engine/rules/known-refusals.ts';

test.each([
  'registry.cn-hangzhou.aliyuncs.com',
  'registry-vpc.cn-beijing.aliyuncs.com',
  'team-registry.cn-shanghai.cr.aliyuncs.com',
  'registry.gitlab.com',
  'registry.gitlab.corp.example:5050',
])('%s is known to refuse attestations, and the remedy is named', (host) => {
  expect(foreseenRefusals(host, { hasAttestations: true })).toMatchObject([
    expect.stringContaining('--attestations drop'),
  ]);
  expect(foreseenRefusals(host, { hasAttestations: false })).toEqual([]);
});

test.each(['docker.io', 'aliyuncs.com.example', 'harbor.corp.example', 'notregistry.gitlab.com.example'])(
  'nothing is known against %s',
  (host) => {
    expect(foreseenRefusals(host, { hasAttestations: true })).toEqual([]);
  },
);

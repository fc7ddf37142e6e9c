import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type DockAddress, type DockSnippet, dockSnippets } from '../../../electron/contract/dock-snippets.ts';

const plain: DockAddress = { host: '192.168.1.5:5000', isTls: false, hasOwnCa: false, hasUsers: false, mirrors: [] };
const guarded: DockAddress = {
  host: 'dock.example:5443',
  isTls: true,
  hasOwnCa: true,
  hasUsers: true,
  mirrors: ['docker.io', 'ghcr.io'],
};

function of(address: DockAddress, program: DockSnippet['program']): readonly DockSnippet[] {
  return dockSnippets(address).filter((snippet) => snippet.program === program);
}

test('docker is told that the dock speaks plain http', () => {
  const [file] = of(plain, 'docker');
  expect(file?.place).toBe('/etc/docker/daemon.json');
  expect(JSON.parse(file?.text ?? '')).toEqual({ 'insecure-registries': ['192.168.1.5:5000'] });
});

test('docker is told of a mirror of Docker Hub and gets the CA of a dock with its own', () => {
  const [file, ca] = of(guarded, 'docker');
  expect(JSON.parse(file?.text ?? '')).toEqual({ 'registry-mirrors': ['https://dock.example:5443'] });
  expect(ca?.place).toBe('/etc/docker/certs.d/dock.example:5443/ca.crt');
});

test('docker needs nothing for a dock with a certificate that is known', () => {
  expect(of({ ...plain, isTls: true }, 'docker')).toEqual([]);
});

test('containerd gets a hosts.toml for the dock itself and for every registry it stands in for', () => {
  expect(of(plain, 'containerd')).toEqual([
    {
      program: 'containerd',
      place: '/etc/containerd/certs.d/192.168.1.5:5000/hosts.toml',
      text: `server = "http://192.168.1.5:5000"

[host."http://192.168.1.5:5000"]
  capabilities = ["pull", "resolve"]
`,
    },
  ]);
  const [, hub, github] = of(guarded, 'containerd');
  expect(hub?.place).toBe('/etc/containerd/certs.d/docker.io/hosts.toml');
  expect(hub?.text).toBe(`server = "https://registry-1.docker.io"

[host."https://dock.example:5443"]
  capabilities = ["pull", "resolve"]
  ca = "/etc/containerd/certs.d/dock.example:5443/ca.crt"
  [host."https://dock.example:5443".header]
    Authorization = "Basic BASE64-OF-USER:PASSWORD"
`);
  expect(github?.text).toContain('server = "https://ghcr.io"');
});

test('k3s gets mirrors, and the user and CA where there are some', () => {
  const [open] = of(plain, 'k3s');
  expect(parse(open?.text ?? '')).toEqual({
    mirrors: { '192.168.1.5:5000': { endpoint: ['http://192.168.1.5:5000'] } },
  });
  const [file] = of(guarded, 'k3s');
  const endpoint = ['https://dock.example:5443'];
  expect(parse(file?.text ?? '')).toEqual({
    mirrors: { 'dock.example:5443': { endpoint }, 'docker.io': { endpoint }, 'ghcr.io': { endpoint } },
    configs: {
      'dock.example:5443': {
        auth: { username: 'USER', password: 'PASSWORD' },
        tls: { ca_file: '/etc/rancher/k3s/dock-ca.crt' },
      },
    },
  });
});

test('Harbor gets the fields of its form, and checks only certificates it can know', () => {
  const [open] = of(plain, 'harbor');
  expect(open?.text).toBe(`Provider: Docker Registry
Endpoint URL: http://192.168.1.5:5000
Access ID:
Access Secret:
Verify Remote Cert: off
`);
  expect(of(guarded, 'harbor')[0]?.text).toContain('Verify Remote Cert: off');
  expect(of({ ...guarded, hasOwnCa: false }, 'harbor')[0]?.text).toContain('Verify Remote Cert: on');
});

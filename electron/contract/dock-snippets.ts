/** A dock as those who pull from it see it. */
export interface DockAddress {
  /** `address:port`. */
  readonly host: string;
  readonly isTls: boolean;
  /** True when its certificate is not from an authority that machines know already. */
  readonly hasOwnCa: boolean;
  /** True when it asks for a user and a password. */
  readonly hasUsers: boolean;
  /** Registries whose images it stands in for, such as `docker.io`; empty when it is asked by its own name only. */
  readonly mirrors: readonly string[];
}

/** Lines for a file, or for a form, of another program. */
export interface DockSnippet {
  readonly program: 'docker' | 'containerd' | 'k3s' | 'harbor';
  /** Where the lines belong; a page of Harbor. */
  readonly place: string;
  readonly text: string;
}

/** Stands where a person puts a secret: snippets are shown and copied, so they hold none. */
const user = 'USER';
const password = 'PASSWORD';

/** What other programs are told to pull from a dock, ready to be copied. */
export function dockSnippets(dock: DockAddress): readonly DockSnippet[] {
  return [...dockerSnippets(dock), ...containerdSnippets(dock), k3sSnippet(dock), harborSnippet(dock)];
}

function urlOf({ host, isTls }: DockAddress): string {
  return `${isTls ? 'https' : 'http'}://${host}`;
}

/** dockerd: plain http must be allowed by name; an own CA lies beside it in PEM, which needs no restart. */
function dockerSnippets(dock: DockAddress): readonly DockSnippet[] {
  const isHubMirror = dock.mirrors.includes('docker.io');
  const settings = {
    ...(dock.isTls ? {} : { 'insecure-registries': [dock.host] }),
    ...(isHubMirror ? { 'registry-mirrors': [urlOf(dock)] } : {}),
  };
  const file: DockSnippet = {
    program: 'docker',
    place: '/etc/docker/daemon.json',
    text: `${JSON.stringify(settings, undefined, 2)}\n`,
  };
  const ca: DockSnippet = {
    program: 'docker',
    place: `/etc/docker/certs.d/${dock.host}/ca.crt`,
    text: caText,
  };
  return [...(Object.keys(settings).length === 0 ? [] : [file]), ...(dock.hasOwnCa ? [ca] : [])];
}

const caText = '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n';

/** containerd from 1.7 on, with `config_path = "/etc/containerd/certs.d"`: one folder for each registry that is asked for. */
function containerdSnippets(dock: DockAddress): readonly DockSnippet[] {
  return [dock.host, ...dock.mirrors].map((registry) => {
    const server = registry === dock.host ? urlOf(dock) : upstreamOf(registry);
    const block = `[host.${quoted(urlOf(dock))}]`;
    const ca = dock.hasOwnCa ? [`  ca = ${quoted(`/etc/containerd/certs.d/${dock.host}/ca.crt`)}`] : [];
    const header = dock.hasUsers
      ? [`  [host.${quoted(urlOf(dock))}.header]`, `    Authorization = "Basic BASE64-OF-${user}:${password}"`]
      : [];
    const lines = [`server = ${quoted(server)}`, '', block, '  capabilities = ["pull", "resolve"]', ...ca, ...header];
    return { program: 'containerd', place: `/etc/containerd/certs.d/${registry}/hosts.toml`, text: joined(lines) };
  });
}

/** k3s and RKE2 (`/etc/rancher/rke2/registries.yaml`); read when the service starts. */
function k3sSnippet(dock: DockAddress): DockSnippet {
  const mirrors = [dock.host, ...dock.mirrors].flatMap((registry) => [
    `  ${quoted(registry)}:`,
    '    endpoint:',
    `      - ${quoted(urlOf(dock))}`,
  ]);
  const auth = dock.hasUsers ? ['    auth:', `      username: ${user}`, `      password: ${password}`] : [];
  const ca = dock.hasOwnCa ? ['    tls:', '      ca_file: /etc/rancher/k3s/dock-ca.crt'] : [];
  const configs = auth.length + ca.length === 0 ? [] : ['configs:', `  ${quoted(dock.host)}:`, ...auth, ...ca];
  return {
    program: 'k3s',
    place: '/etc/rancher/k3s/registries.yaml',
    text: joined(['mirrors:', ...mirrors, ...configs]),
  };
}

/** Harbor lists what it can replicate by `_catalog`, which the dock answers only when its catalog is switched on. */
function harborSnippet(dock: DockAddress): DockSnippet {
  const lines = [
    'Provider: Docker Registry',
    `Endpoint URL: ${urlOf(dock)}`,
    `Access ID: ${dock.hasUsers ? user : ''}`.trimEnd(),
    `Access Secret: ${dock.hasUsers ? password : ''}`.trimEnd(),
    `Verify Remote Cert: ${dock.isTls && !dock.hasOwnCa ? 'on' : 'off'}`,
  ];
  return { program: 'harbor', place: 'Administration > Registries > New Endpoint', text: joined(lines) };
}

function upstreamOf(registry: string): string {
  return `https://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`;
}

/** A text in double quotes, the same in TOML, YAML and JSON. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function joined(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

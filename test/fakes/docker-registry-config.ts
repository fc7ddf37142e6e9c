import { stringify } from 'yaml';

/** How a docker-registry process asks who is there. */
export type DockerRegistryAuth =
  | 'none'
  | { readonly htpasswd: { readonly user: string; readonly password: string } }
  | {
      readonly token: {
        readonly realm: string;
        readonly service: string;
        readonly issuer: string;
        /** A PEM file with the token signer's certificate. */
        readonly certPath: string;
      };
    };

/** What tests vary about a docker-registry. */
export interface DockerRegistryOptions {
  readonly auth?: DockerRegistryAuth;
  /** Cache descriptors in memory as Debian's stock configuration does; then a lost blob still answers HEAD 200. */
  readonly inmemoryCache?: boolean;
  /** Allow deleting manifests and blobs; true if not given. */
  readonly deleteEnabled?: boolean;
  /** Where to store; a fresh folder that `stop` removes if not given. */
  readonly rootDir?: string;
  /** `http.secret`: changing it on restart makes open upload sessions invalid (F-27). */
  readonly secret?: string;
  /** Answer relative Location headers. */
  readonly relativeUrls?: boolean;
  /** Accept manifests whose foreign layers name http(s) URLs; 2.8.2 refuses them otherwise. */
  readonly allowForeignUrls?: boolean;
  /** Serve only: pushes are answered 405. */
  readonly isReadOnly?: boolean;
}

/** The registry's YAML. */
export function registryConfig(
  options: DockerRegistryOptions,
  place: { readonly dataDir: string; readonly htpasswdPath: string; readonly port: number },
): string {
  const { auth = 'none' } = options;
  const storage: Record<string, unknown> = {
    filesystem: { rootdirectory: place.dataDir },
    delete: { enabled: options.deleteEnabled ?? true },
    maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: options.isReadOnly ?? false } },
  };
  if (options.inmemoryCache === true) storage['cache'] = { blobdescriptor: 'inmemory' };
  const config: Record<string, unknown> = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: false } },
    storage,
    http: {
      addr: `127.0.0.1:${place.port}`,
      secret: options.secret ?? 'a secret of the tests',
      relativeurls: options.relativeUrls ?? false,
    },
  };
  if (auth !== 'none') {
    if ('htpasswd' in auth) config['auth'] = { htpasswd: { realm: 'test-realm', path: place.htpasswdPath } };
    else {
      const { realm, service, issuer, certPath } = auth.token;
      config['auth'] = { token: { realm, service, issuer, rootcertbundle: certPath } };
    }
  }
  if (options.allowForeignUrls === true) config['validation'] = { manifests: { urls: { allow: ['^https?://'] } } };
  return stringify(config);
}

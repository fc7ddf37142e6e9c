import { parseStrictJson } from '../../oci/strict-json.ts';
import type { Credential } from '../ports/credentials.ts';
import { parseDockerConfig } from './docker-config.ts';
import { withFileName } from './secret-file.ts';

/** One registry of a docker config.json. */
export interface DockerAccount {
  readonly host: string;
  /** Undefined when the file keeps none for it. */
  readonly credential?: Credential;
  /** The helper program that keeps it instead. */
  readonly helper?: string;
}

/** The registries of a docker config.json as text, each once; throws CopyError `invalid`. Starts no program. */
export function dockerAccounts(text: string): readonly DockerAccount[] {
  const config = withFileName('config.json', () => parseDockerConfig(parseStrictJson(text)));
  const accounts = new Map<string, DockerAccount>();
  for (const { key, value } of config.auths) {
    if (key.path !== undefined || accounts.get(key.host)?.credential !== undefined) continue;
    const helper = config.credHelpers.find((each) => each.key.host === key.host)?.value ?? config.credsStore;
    if (value !== undefined) accounts.set(key.host, { host: key.host, credential: value });
    else accounts.set(key.host, { host: key.host, ...(helper === undefined ? {} : { helper }) });
  }
  for (const { key, value } of config.credHelpers) {
    if (!accounts.has(key.host)) accounts.set(key.host, { host: key.host, helper: value });
  }
  return [...accounts.values()];
}

import { homedir } from 'node:os';
import type { JsonObject } from '../../oci/fields.ts';
import type { Clock } from '../kernel/clock.ts';
import type { CredentialSource } from '../ports/credentials.ts';
import {
  type AuthFile,
  type AuthFileSurroundings,
  combineCredentials,
  parseAuths,
  readAuthFile,
  readAuthText,
} from './auth-file.ts';
import type { CredentialKey } from './credential-keys.ts';
import { type CredentialHelpers, type Environment, systemHelpers } from './credential-helpers.ts';
import { dockerConfigFile, readDockerConfig, type Warn } from './docker-config.ts';

/** Where credentials are looked for. */
export interface CredentialPlaces {
  /** A file given by the operator: image-syncer's or docker's; it goes before docker's own. */
  readonly authFile?: string;
  /** The same as an `auth` map that was read already, out of image-syncer's combined file. */
  readonly auths?: JsonObject;
  /** The same as the text of a file that was chosen elsewhere. */
  readonly authText?: string;
  /** Looked up after the operator's file and before docker's. */
  readonly vault?: CredentialSource;
  readonly environment: Environment;
  /** What variables in the operator's own file or text stand for; the environment unless given. */
  readonly variables?: Environment;
  readonly clock: Clock;
  /** Told what an operator should know, in sentences without any secret. */
  readonly warn: Warn;
}

/** The credentials of this machine's user, and what the operator's file says about hosts. */
export interface LoadedCredentials {
  readonly source: CredentialSource;
  /** Hosts that the operator's file marks `insecure`. */
  readonly insecureHosts: readonly string[];
  /** What the operator's file keeps credentials for; undefined when none was given. */
  readonly keys: readonly CredentialKey[] | undefined;
}

/** Opens the operator's file and docker's config.json; throws CopyError of kind `invalid` when one cannot be read. */
export async function loadCredentials(places: CredentialPlaces, signal: AbortSignal): Promise<LoadedCredentials> {
  const { environment, variables = environment, clock, warn } = places;
  const helpers = rememberingHelpers(systemHelpers({ clock, environment, platform: process.platform }));
  const given = await readGiven(places, { environment: variables, helpers, warn }, signal);
  given?.warnings.forEach(warn);
  const docker = await readDockerConfig(dockerConfigFile(environment, homedir()), helpers, warn, signal);
  const sources = [given?.source, places.vault, docker].filter((source) => source !== undefined);
  return { source: combineCredentials(sources), insecureHosts: given?.insecureHosts ?? [], keys: given?.keys };
}

async function readGiven(
  { authFile, authText, auths }: CredentialPlaces,
  surroundings: AuthFileSurroundings,
  signal: AbortSignal,
): Promise<AuthFile | undefined> {
  if (authFile !== undefined) return readAuthFile(authFile, surroundings, signal);
  if (authText !== undefined) return readAuthText(authText, 'the auth file', surroundings);
  return auths && parseAuths(auths, surroundings.environment);
}

/** A helper is a program to start: it is asked once for each address, not once for each request. */
function rememberingHelpers(helpers: CredentialHelpers): CredentialHelpers {
  const answers = new Map<string, ReturnType<CredentialHelpers['get']>>();
  return {
    find: (name) => helpers.find(name),
    get: (name, address, signal) => {
      const key = `${name} ${address}`;
      const present = answers.get(key);
      if (present !== undefined) return present;
      const asked = helpers.get(name, address, signal);
      answers.set(key, asked);
      asked.catch(() => answers.delete(key));
      return asked;
    },
  };
}

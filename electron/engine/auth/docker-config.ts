import { join } from 'node:path';
import { asObject, field, type JsonObject, optionalString, refuseLookalikes } from '../../oci/fields.ts';
import { OciError, quoted } from '../../oci/oci-error.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import type { Credential, CredentialSource } from '../ports/credentials.ts';
import type { CredentialHelpers, Environment } from './credential-helpers.ts';
import {
  type CredentialKey,
  credentialOf,
  type KeptUnder,
  longestMatch,
  parseCredentialKey,
} from './credential-keys.ts';
import { readSecretFile, withFileName } from './secret-file.ts';

/** What docker's config.json, or containers' auth.json, says about credentials. */
export interface DockerConfig {
  /** Keys without a credential are kept too: they name what a helper stores. */
  readonly auths: readonly KeptUnder<Credential | undefined>[];
  /** Helper names for single hosts. */
  readonly credHelpers: readonly KeptUnder<string>[];
  /** The helper for all other hosts. */
  readonly credsStore?: string;
}

/** What is wrong without being an error, in a sentence. */
export type Warn = (text: string) => void;

const knownInFile: ReadonlySet<string> = new Set(['auths', 'credHelpers', 'credsStore']);
const knownInEntry: ReadonlySet<string> = new Set(['auth', 'username', 'password', 'identitytoken', 'registrytoken']);
/** How docker spells its own registry, in the file and to helpers. */
const hubAddress = 'https://index.docker.io/v1/';

/** Where docker keeps its config.json for this user. */
export function dockerConfigFile(environment: Environment, homeDirectory: string): string {
  return join(environment['DOCKER_CONFIG'] || join(homeDirectory, '.docker'), 'config.json');
}

/** The credentials of a docker config.json; undefined when there is no such file; throws CopyError when it is malformed. */
export async function readDockerConfig(
  file: string,
  helpers: CredentialHelpers,
  warn: Warn,
  signal: AbortSignal,
): Promise<CredentialSource | undefined> {
  const text = await readSecretFile(file, signal);
  if (text === undefined) return undefined;
  return dockerConfigSource(
    withFileName(file, () => parseDockerConfig(parseStrictJson(text))),
    file,
    helpers,
    warn,
  );
}

/** True for a document that is docker's rather than image-syncer's. */
export function looksLikeDockerConfig(document: JsonObject): boolean {
  return Object.keys(document).some((key) => /^(?:auths|credhelpers|credsstore)$/i.test(key));
}

/** What the parsed file says; throws OciError, which names keys and fields and never their values. */
export function parseDockerConfig(document: unknown): DockerConfig {
  const config = asObject(document, 'file');
  refuseLookalikes(config, knownInFile, 'file');
  const auths: (KeptUnder<Credential | undefined> & { readonly rank: number })[] = [];
  for (const [text, value] of entriesOf(config, 'auths')) {
    const credential = readEntry(asObject(value, `entry ${quoted(text)}`), text);
    const key = dockerKey(text);
    if (key !== undefined) auths.push({ key, value: credential, rank: rankOf(text) });
  }
  const credHelpers: KeptUnder<string>[] = [];
  for (const [text, value] of entriesOf(config, 'credHelpers')) {
    if (typeof value !== 'string') throw new OciError(`entry ${quoted(text)} of "credHelpers" is not a string`);
    const key = dockerKey(text);
    if (key !== undefined) credHelpers.push({ key, value });
  }
  const credsStore = optionalString(config, 'credsStore');
  return { auths: auths.sort((a, b) => a.rank - b.rank), credHelpers, ...(credsStore ? { credsStore } : {}) };
}

/** The credentials of the config: a helper named for the host first, then the file itself where the helper has none. */
export function dockerConfigSource(
  config: DockerConfig,
  file: string,
  helpers: CredentialHelpers,
  warn: Warn,
): CredentialSource {
  let isStoreMissing = false;
  const storeFor = async (): Promise<string | undefined> => {
    const store = config.credsStore;
    if (store === undefined || isStoreMissing) return undefined;
    if ((await helpers.find(store)) !== undefined) return store;
    // A config.json brought from a desktop names a store that this machine lacks; public images need none.
    if (!isStoreMissing) {
      warn(`${file} names the credential store docker-credential-${store}, which is not in PATH; going on without it`);
    }
    isStoreMissing = true;
    return undefined;
  };
  return {
    credentialFor: async (host, repositoryPath, signal) => {
      const kept = config.auths.filter((entry) => entry.value !== undefined);
      const inFile = longestMatch(kept, host, repositoryPath)?.value;
      const helper = longestMatch(config.credHelpers, host, repositoryPath)?.value || (await storeFor());
      if (helper === undefined) return inFile;
      const stored = longestMatch(
        config.auths.filter((entry) => entry.value === undefined),
        host,
        repositoryPath,
      );
      const usual = host === 'docker.io' ? hubAddress : host;
      for (const address of new Set([usual, stored?.key.text ?? usual])) {
        const credential = await helpers.get(helper, address, signal);
        if (credential !== undefined) return credential;
      }
      return inFile;
    },
  };
}

function entriesOf(config: JsonObject, name: string): readonly [string, unknown][] {
  const value = field(config, name);
  return value === undefined ? [] : Object.entries(asObject(value, `field "${name}"`));
}

/** A key of the file; undefined for one that no registry is named by. With a scheme it is of the whole host, as docker reads it. */
function dockerKey(text: string): CredentialKey | undefined {
  const [, scheme, rest = ''] = /^(https?:\/\/)?(.*)$/is.exec(text) ?? [];
  // Docker Desktop keeps tokens of its own under https://index.docker.io/v1/access-token; no registry takes them.
  if (scheme !== undefined && /^[^/]*\/v[12]\/[^/]/.test(rest)) return undefined;
  const isWholeHost = scheme !== undefined || /^[^/]*\/v[12]\/?$/.test(rest);
  const named = isWholeHost ? rest.replace(/\/.*$/s, '') : rest;
  try {
    return { ...parseCredentialKey(named), text };
  } catch {
    return undefined;
  }
}

/** Of keys for the same host the one that docker itself would look up wins: the plain host, and its own long name for Docker Hub. */
function rankOf(text: string): number {
  return text === hubAddress || !/^https?:\/\//i.test(text) ? 0 : 1;
}

function readEntry(entry: JsonObject, text: string): Credential | undefined {
  const what = `entry ${quoted(text)}`;
  refuseLookalikes(entry, knownInEntry, what);
  const read = (name: string): string => {
    const value = field(entry, name);
    if (value === undefined) return '';
    if (typeof value !== 'string') throw new OciError(`field "${name}" of ${what} is not a string`);
    return value;
  };
  const auth = read('auth');
  const [user, password] = auth === '' ? [read('username'), read('password')] : decodeAuth(auth, what);
  if (user.includes(':')) throw new OciError(`${what} has a user name with a colon`);
  const registryToken = read('registrytoken');
  if (registryToken !== '') return { kind: 'registry-token', token: registryToken };
  const identity = read('identitytoken');
  if (identity !== '') return { kind: 'identity', token: identity, ...(user === '' ? {} : { user }) };
  return credentialOf(user, password);
}

function decodeAuth(auth: string, what: string): readonly [user: string, password: string] {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(auth)) throw new OciError(`field "auth" of ${what} is not base64`);
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw new OciError(`field "auth" of ${what} does not hold user:password`);
  // Old helpers padded the password with NUL characters, and docker strips them.
  // oxlint-disable-next-line no-control-regex -- that is the character to be stripped
  return [text.slice(0, colon), text.slice(colon + 1).replace(/^\0+|\0+$/g, '')];
}

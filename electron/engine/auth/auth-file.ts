import { LineCounter, parseDocument } from 'yaml';
import { asObject, field, isObject, type JsonObject, refuseLookalikes } from '../../oci/fields.ts';
import { OciError, quoted } from '../../oci/oci-error.ts';
import { isRepositoryPath } from '../../oci/reference.ts';
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
import { dockerConfigSource, looksLikeDockerConfig, parseDockerConfig, type Warn } from './docker-config.ts';
import { fileError, readSecretFile, withFileName } from './secret-file.ts';

/** What a file given by `--auth` says. */
export interface AuthFile {
  readonly source: CredentialSource;
  /** Hosts that the file marks `insecure`, each once; docker's file has no such mark. */
  readonly insecureHosts: readonly string[];
  /** What the operator should know about the file, in sentences without any secret. */
  readonly warnings: readonly string[];
  /** The keys in the order of the file, to find those that match nothing. */
  readonly keys: readonly CredentialKey[];
}

/** What reading such a file needs. */
export interface AuthFileSurroundings {
  readonly environment: Environment;
  readonly helpers: CredentialHelpers;
  /** For what turns up later, while credentials are looked up. */
  readonly warn: Warn;
}

const known: ReadonlySet<string> = new Set(['username', 'password', 'insecure']);
const mostAliases = 1000;

/** The file given by `--auth`: image-syncer's in YAML or JSON, or docker's config.json; throws CopyError. */
export async function readAuthFile(
  file: string,
  surroundings: AuthFileSurroundings,
  signal: AbortSignal,
): Promise<AuthFile> {
  const text = await readSecretFile(file, signal);
  if (text === undefined) throw fileError(file, 'does not exist');
  return readAuthText(text, file, surroundings);
}

/** The same from its text; `file` is what it is called in errors. Throws CopyError. */
export function readAuthText(text: string, file: string, surroundings: AuthFileSurroundings): AuthFile {
  return withFileName(file, () => {
    const document = asObject(parseYamlOrJson(text), 'file');
    if (!looksLikeDockerConfig(document)) return parseAuths(document, surroundings.environment);
    const config = parseDockerConfig(document);
    return {
      source: dockerConfigSource(config, file, surroundings.helpers, surroundings.warn),
      insecureHosts: [],
      warnings: [],
      keys: [...config.auths, ...config.credHelpers].map((entry) => entry.key),
    };
  });
}

/** True for the text of image-syncer's auth file: hosts with nothing but its fields under each. */
export function isAuthText(text: string): boolean {
  try {
    const entries = Object.values(asObject(parseYamlOrJson(text), 'file'));
    return (
      entries.some((entry) => isObject(entry) && Object.hasOwn(entry, 'username')) &&
      entries.every((entry) => isObject(entry) && Object.keys(entry).every((name) => known.has(name)))
    );
  } catch (thrown) {
    if (thrown instanceof OciError) return false;
    throw thrown;
  }
}

/** The credentials of image-syncer's `auth` map (IMAGE-SYNCER 2); throws OciError, which never holds a value. */
export function parseAuths(auths: JsonObject, environment: Environment): AuthFile {
  const kept: KeptUnder<Credential>[] = [];
  const keys: CredentialKey[] = [];
  const insecureHosts = new Set<string>();
  const warnings: string[] = [];
  for (const [text, value] of Object.entries(auths)) {
    const what = `entry ${quoted(text)}`;
    const key = readKey(text);
    const entry = asObject(value ?? {}, what);
    refuseLookalikes(entry, known, what);
    for (const name of Object.keys(entry)) {
      if (!known.has(name)) warnings.push(`${what} has the unknown field ${quoted(name)}`);
    }
    const twin = keys.find((other) => other.host === key.host && other.path === key.path);
    if (twin !== undefined) warnings.push(`${what} means the same as ${quoted(twin.text)}; the first counts`);
    keys.push(key);
    if (readFlag(entry, 'insecure', what)) insecureHosts.add(key.host);
    const user = readExpanded(entry, 'username', what, environment, warnings);
    const password = readExpanded(entry, 'password', what, environment, warnings);
    if (user.includes(':')) throw new OciError(`${what} has a user name with a colon`);
    const credential = credentialOf(user, password);
    if (credential !== undefined) kept.push({ key, value: credential });
  }
  const source: CredentialSource = {
    credentialFor: async (host, repositoryPath) => longestMatch(kept, host, repositoryPath)?.value,
  };
  return { source, insecureHosts: [...insecureHosts], warnings, keys };
}

/** A source that asks the given ones in their order; the first that has a credential wins. */
export function combineCredentials(sources: readonly CredentialSource[]): CredentialSource {
  return {
    credentialFor: async (host, repositoryPath, signal) => {
      for (const source of sources) {
        const credential = await source.credentialFor(host, repositoryPath, signal);
        if (credential !== undefined) return credential;
      }
      return undefined;
    },
  };
}

function parseYamlOrJson(text: string): unknown {
  if (isJson(text)) return parseStrictJson(text);
  const lines = new LineCounter();
  let document: ReturnType<typeof parseDocument>;
  let value: unknown;
  try {
    // failsafe: every scalar stays the text it is, so that the password 0123 keeps its zero.
    document = parseDocument(text, {
      schema: 'failsafe',
      merge: true,
      uniqueKeys: true,
      strict: true,
      stringKeys: true,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'error',
    });
    // A warning is a tag that the schema does not know.
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) {
      // Its message may quote the text around it, and that may be a password.
      const { line, col } = lines.linePos(problem.pos[0]);
      throw new OciError(`neither YAML nor JSON at line ${line}, column ${col}: ${problem.code}`);
    }
    // An empty document is an empty text to failsafe.
    value = document.toJS({ maxAliasCount: mostAliases }) || {};
  } catch (thrown) {
    if (thrown instanceof OciError) throw thrown;
    // RangeError for absurd nesting, ReferenceError for aliases of aliases of aliases.
    throw new OciError('its structure is too deep or repeats itself too often');
  }
  return value;
}

function isJson(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function readKey(text: string): CredentialKey {
  const key = parseCredentialKey(text.replace(/^https?:\/\//i, ''));
  if (key.path !== '' && !isRepositoryPath(key.path)) throw new OciError(`${quoted(text)} is not host/namespace`);
  return { ...key, text };
}

function readFlag(entry: JsonObject, name: string, what: string): boolean {
  const value = field(entry, name);
  if (value === true || value === 'true') return true;
  if (value === undefined || value === false || value === 'false' || value === '') return false;
  throw new OciError(`field "${name}" of ${what} is neither true nor false`);
}

/**
 * The field; where its whole text is `$NAME` or `${NAME}`, that variable's value: `robot$name` is a user as it stands.
 * A variable that is not set leaves the text as it is, because `$oauthtoken` is a user too (image-syncer#151).
 */
function readExpanded(
  entry: JsonObject,
  name: 'username' | 'password',
  what: string,
  environment: Environment,
  warnings: string[],
): string {
  const text = field(entry, name) ?? '';
  if (typeof text !== 'string') throw new OciError(`field "${name}" of ${what} is not a string`);
  const match = /^\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))$/.exec(text);
  const variable = match?.[1] ?? match?.[2];
  if (variable === undefined) return text;
  const value = environment[variable];
  // A password may begin with `$` by itself, so of passwords only what looks like a variable is named.
  const shown = name === 'username' || /^[A-Z][A-Z0-9_]*$/.test(variable) ? ` ${variable}` : '';
  const problem = value === '' ? 'is empty' : 'is not set, so the text is used as it stands';
  if (!value) warnings.push(`field "${name}" of ${what}: the variable${shown} ${problem}`);
  return typeof value === 'string' ? value : text;
}

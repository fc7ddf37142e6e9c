import { encodedOf } from '../../oci/digest.ts';
import { OciError, quoted } from '../../oci/oci-error.ts';
import { formatReference, parseReference, type Reference, withDefaultTag } from '../../oci/reference.ts';
import { type Finding, finding } from './findings.ts';
import { findConflicts, type PairConflict, type ReferencePair } from './pairs.ts';
import { type Variables, variable } from './variables.ts';

/** The names of templates that most people want. */
export type MappingPreset = 'keep-path' | 'flatten' | 'project-per-host';

/** What became of one source. */
export interface MappedReference {
  readonly source: Reference;
  /** Undefined when `finding` says why there is none. */
  readonly destination?: Reference;
  readonly finding?: Finding;
}

/** What a template makes of many sources. */
export interface MappingPreview {
  readonly rows: readonly MappedReference[];
  /** Destination tags that different sources would take. */
  readonly conflicts: readonly PairConflict[];
}

const presets: Readonly<Record<MappingPreset, string>> = {
  'keep-path': '{path}',
  flatten: '{name}',
  'project-per-host': '{upstream}/{path}',
};

/** The variables of a template. `project` and `first` are one unless `project` is given by hand. */
export const mappingVariables: readonly string[] = [
  'host',
  'upstream',
  'path',
  'project',
  'first',
  'rest',
  'parent',
  'name',
  'last',
  'flat',
  'tag',
  'digest',
];

/** The template of a preset; `base` is `host` or `host/project`. */
export function presetTemplate(preset: MappingPreset, base: string): string {
  return `${base.replace(/\/+$/, '')}/${presets[preset]}`;
}

/**
 * Where a template such as `harbor.example/{project}/{path}:{tag}` sends a source. Without a tag of its own it keeps
 * the source's tag, or the digest where that is all the source has. `values` are variables given by hand.
 *
 * Of `quay.io:8443/team/sub/app`: host `quay.io:8443`, upstream `quay.io-8443` (fit to be a part of a path), path
 * `team/sub/app`, first and project `team`, rest `sub/app`, parent `team/sub`, name and last `app`, flat `team-sub-app`;
 * digest is its first twelve digits. A part that comes out empty leaves no slash behind.
 */
export function mapReference(template: string, source: Reference, values: Variables = {}): MappedReference {
  const refuse = (code: Parameters<typeof finding>[0], facts: Readonly<Record<string, string>>): MappedReference => ({
    source,
    finding: finding(code, {}, facts),
  });
  const host = template.slice(0, Math.max(0, template.indexOf('/')));
  if (!/[.:{]|^localhost$/.test(host)) return refuse('mapping-no-host', { template: quoted(template) });
  const known = { ...variablesOf(source) };
  let problem: MappedReference | undefined;
  const filled = template.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const isKnown = mappingVariables.includes(name) || variable(values, name) !== undefined;
    const value = variable(values, name) ?? variable(known, name);
    if (value === undefined) {
      problem ??= isKnown
        ? refuse('mapping-no-value', { variable: name, source: formatReference(source) })
        : refuse('mapping-variable', { variable: quoted(`{${name}}`), known: mappingVariables.join(', ') });
    }
    return value ?? '';
  });
  if (problem !== undefined) return problem;
  const result = filled.replace(/\/{2,}/g, '/').replace(/\/(?=:|$)/, '');
  try {
    return { source, destination: destinationOf(parseReference(result), source) };
  } catch (thrown) {
    if (!(thrown instanceof OciError)) throw thrown;
    const facts = { source: formatReference(source), result: quoted(result), problem: thrown.message };
    return refuse('mapping-invalid', facts);
  }
}

/** What a template makes of the sources, and where two of them meet; nothing is asked of any registry. */
export function previewMapping(
  template: string,
  sources: readonly Reference[],
  values: Variables = {},
): MappingPreview {
  const rows = sources.map((source) => mapReference(template, source, values));
  return { rows, conflicts: findConflicts(pairsOf(rows)) };
}

/** The rows that have a destination, as pairs. */
export function pairsOf(rows: readonly MappedReference[]): readonly ReferencePair[] {
  return rows.flatMap(({ source, destination }) => (destination === undefined ? [] : [{ source, destination }]));
}

function destinationOf(mapped: Reference, source: Reference): Reference {
  if (mapped.digest !== undefined) throw new OciError('a destination names no digest');
  if (mapped.tag !== undefined) return mapped;
  const { tag, digest } = withDefaultTag(source);
  if (tag !== undefined) return { ...mapped, tag };
  return digest === undefined ? mapped : { ...mapped, digest };
}

function variablesOf(source: Reference): Variables {
  const parts = source.path.split('/');
  const first = parts[0] ?? '';
  const name = parts.at(-1) ?? '';
  const { tag } = withDefaultTag(source);
  return {
    host: source.host,
    upstream: source.host
      .replace(/[[\]]/g, '')
      .replace(/[^a-z0-9.]+/g, '-')
      .replace(/^-+|-+$/g, ''),
    path: source.path,
    project: first,
    first,
    rest: parts.slice(1).join('/'),
    parent: parts.slice(0, -1).join('/'),
    name,
    last: name,
    flat: parts.join('-'),
    tag,
    digest: source.digest === undefined ? undefined : encodedOf(source.digest).slice(0, 12),
  };
}

import { mapReference } from '../../engine/engine.ts';
import { libraryHost, type Reference } from '../../oci/reference.ts';
import { readHost, refuse } from '../places.ts';

/** `FROM=TO` of `--map`. */
export interface MapRule {
  /** A host, the beginning of a repository up to a slash, a repository, or one image with its tag. */
  readonly from: string;
  /** A place or a template, below the destination unless it names a host of its own. */
  readonly to: string;
}

/** Where the images of a file go. */
export interface Mapping {
  /** `HOST[/PREFIX]`, where `localhost` stands for the library. */
  readonly to: string;
  readonly isLibrary?: boolean;
  readonly rules: readonly MapRule[];
}

/** Reads `--to` and `--map`, without `--to` for the library; throws CopyError or OciError for what cannot be read. */
export function readMapping(to: string | undefined, maps: readonly string[]): Mapping {
  const { host, prefix } = readHost((to ?? libraryHost).replace(/\/+$/, ''));
  const isLibrary = host === libraryHost;
  const base = isLibrary ? libraryStand : host;
  const rules = maps.map((text) => {
    const at = text.indexOf('=');
    const [from, target] = [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1).trim()];
    if (at < 0 || from === '' || target === '')
      throw refuse(`--map ${text} is not FROM=TO, such as docker.io/library=base or quay.io={upstream}/{path}`);
    return { from: from.replace(/\/+$/, ''), to: target };
  });
  return { to: prefix === '' ? base : `${base}/${prefix}`, isLibrary, rules };
}

/** Templates want a host, and the library has none. */
const libraryStand = 'localhost';

/**
 * Where an image goes: by the rule that says most of its name, else under its own path below the destination. A source
 * whose host or path the file does not tell has an empty one.
 */
export function mapped(source: Reference, { to, rules, isLibrary }: Mapping): ReturnType<typeof mapReference> {
  const matches = rules.flatMap((rule) => matchOf(rule, source) ?? []);
  const [best] = matches.toSorted((a, b) => b.length - a.length);
  const template = best === undefined ? '{path}' : best.template;
  const goesElsewhere = namesHost(template);
  const result = mapReference(goesElsewhere ? template : `${to}/${template}`, source);
  if (isLibrary !== true || goesElsewhere || result.destination === undefined) return result;
  return { ...result, destination: { ...result.destination, host: libraryHost } };
}

interface Match {
  /** How many characters of the name the rule says. */
  readonly length: number;
  readonly template: string;
}

function matchOf({ from, to }: MapRule, { host, path, tag }: Reference): Match | undefined {
  for (const name of host === '' ? [path] : [`${host}/${path}`, path]) {
    const isWhole = name === from || `${name}:${tag ?? ''}` === from;
    const isBelow = name.startsWith(`${from}/`);
    if (!isWhole && !isBelow) continue;
    const rest = isWhole ? '' : name.slice(from.length);
    const template = to.includes('{') ? to : `${to.replace(/\/+$/, '')}${rest}`;
    return { length: from.length, template: to.endsWith('/') && isWhole ? `${template}/{path}` : template };
  }
  return undefined;
}

/** What is in front of the first slash is a host where docker would read it so. */
function namesHost(template: string): boolean {
  const slash = template.indexOf('/');
  const first = slash < 0 ? '' : template.slice(0, slash);
  return first === '{host}' || (!first.includes('{') && (/[.:]/.test(first) || first === 'localhost'));
}

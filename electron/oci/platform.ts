import { type JsonObject, optionalString, optionalStrings } from './fields.ts';
import { OciError, quoted } from './oci-error.ts';

/** The platform of a manifest, by image-spec's names. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

const architectureAliases: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
  ['armhf', 'arm'],
]);
const impliedVariants: ReadonlyMap<string, string> = new Map([
  ['arm64', 'v8'],
  ['arm', 'v7'],
  ['amd64', 'v1'],
]);

/** The platform written `os/arch[/variant]`; throws OciError. */
export function parsePlatform(text: string): Platform {
  const match = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9.]+))?$/.exec(text.trim().toLowerCase());
  if (!match) throw new OciError(`${quoted(text)} is not a platform; write os/arch or os/arch/variant`);
  const [, os = '', arch = '', variant] = match;
  const architecture = architectureAliases.get(arch) ?? arch;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** `os/arch[/variant]`. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/');
}

/** True when `platform` is one the operator asked for: same os and architecture, and the same variant if one was named. */
export function matchesPlatform(wanted: Platform, platform: Platform): boolean {
  if (wanted.os !== platform.os || wanted.architecture !== platform.architecture) return false;
  if (wanted.variant === undefined) return true;
  const implied = impliedVariants.get(platform.architecture);
  return (wanted.variant || implied) === (platform.variant || implied);
}

/** True for `unknown/unknown`, which marks entries that no machine runs, such as attestations. */
export function isUnknownPlatform(platform: Platform): boolean {
  return platform.os === 'unknown' && platform.architecture === 'unknown';
}

/** The platform in a descriptor or an image config; undefined when `os` or `architecture` is missing. */
export function readPlatform(object: JsonObject): Platform | undefined {
  const os = optionalString(object, 'os');
  const architecture = optionalString(object, 'architecture');
  if (!os || !architecture) return undefined;
  const variant = optionalString(object, 'variant');
  const osVersion = optionalString(object, 'os.version');
  const osFeatures = optionalStrings(object, 'os.features');
  return {
    os,
    architecture,
    ...(variant ? { variant } : {}),
    ...(osVersion ? { osVersion } : {}),
    ...(osFeatures ? { osFeatures } : {}),
  };
}

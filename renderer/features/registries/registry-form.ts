import type { Registry, RegistryDraft } from '../../../electron/contract/registries.ts';
import { OciError } from '../../../electron/oci/oci-error.ts';
import { parseHost } from '../../../electron/oci/reference.ts';

/** A registry as it is typed. */
export interface RegistryForm {
  readonly host: string;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly remember: RegistryDraft['remember'];
  readonly plainHttp: boolean;
  readonly insecure: boolean;
  readonly ca: string;
  readonly prefixes: string;
  readonly rememberDestination: boolean;
}

/** The form of a registry, or an empty one; a password is never in it. */
export function formOf(registry: Registry | undefined): RegistryForm {
  return {
    host: registry?.host ?? '',
    name: registry === undefined || registry.name === registry.host ? '' : registry.name,
    user: registry?.user ?? '',
    password: '',
    remember: registry === undefined || registry.credential === 'none' ? 'session' : registry.credential,
    plainHttp: registry?.plainHttp ?? false,
    insecure: registry?.insecure ?? false,
    ca: registry?.ca ?? '',
    prefixes: registry?.prefixes.join('\n') ?? '',
    rememberDestination: registry?.rememberDestination ?? false,
  };
}

/** What the form says of a registry, as the command takes it; a pasted scheme is taken off the host. */
export function draftOf(form: RegistryForm, registry: Registry | undefined): RegistryDraft {
  const user = form.user.trim();
  const ca = form.ca.trim();
  return {
    ...(registry === undefined ? {} : { id: registry.id }),
    host: hostOf(form.host),
    ...(form.name.trim() === '' ? {} : { name: form.name.trim() }),
    plainHttp: form.plainHttp || /^http:\/\//i.test(form.host.trim()),
    insecure: form.insecure,
    ...(ca === '' ? {} : { ca }),
    ...(user === '' ? {} : { user }),
    ...(form.password === '' ? {} : { password: form.password }),
    remember: form.remember,
    prefixes: linesOf(form.prefixes),
    rememberDestination: form.rememberDestination,
  };
}

/** True when the text names a registry host, with or without a scheme. */
export function isHost(text: string): boolean {
  try {
    parseHost(hostOf(text));
    return true;
  } catch (thrown) {
    if (thrown instanceof OciError) return false;
    throw thrown;
  }
}

/** The lines that say something. */
export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function hostOf(text: string): string {
  return text
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '')
    .toLowerCase();
}

import type { registryCommands } from '../../../contract/registries.ts';
import { randomUUID } from 'node:crypto';
import type { OutputOf } from '../../../contract/commands.ts';
import type { Registry, RegistryDraft } from '../../../contract/registries.ts';
import { parseHost } from '../../../oci/reference.ts';
import { type CallContext, confirmed, type HandlersOf, renew } from '../context.ts';
import { failureForWindow, refuseRequest, unknownThing } from '../failures.ts';
import type { Keeping, RegistryEntry, WindowParts } from '../parts.ts';
import { KnownPlaces } from '../places.ts';
import { rememberedDestinations } from '../setting-list.ts';
import { tryRegistry } from '../try-registry.ts';

type Names = keyof typeof registryCommands;

/** Commands about registries. */
export const registryHandlers: HandlersOf<Names> = {
  'registries.list': async (_, { parts, signal }) => {
    const shown = await registryViews(parts, signal);
    return (await parts.registries.list()).map(shown);
  },
  'registries.save': save,
  'registries.remove': async ({ id }, context) => {
    const { parts, signal } = context;
    const { host } = (await KnownPlaces.read(parts.registries)).registry(id);
    await confirmed(context, 'remove-registry', host);
    await parts.registries.remove(id);
    await forgetUnlessUsed(host, parts, signal);
    await remember(id, false, parts);
    await renew(context);
    return {};
  },
  'registries.test': async (asked, { parts, signal }) => {
    const { vendors, door } = parts;
    if ('id' in asked) {
      const entry = (await KnownPlaces.read(parts.registries)).registry(asked.id);
      return tryRegistry(entry, door.looks, vendors, signal);
    }
    const { draft } = asked;
    const looks = await door.open({ kind: 'draft', draft }, signal);
    try {
      return await tryRegistry(
        { ...draft, host: parseHost(draft.host), namespaces: draft.prefixes ?? [] },
        looks,
        vendors,
        signal,
      );
    } finally {
      await looks.close();
    }
  },
  'registries.importDocker': importDocker,
  'registries.approveRealm': async ({ host, realm }, context) => {
    const { parts } = context;
    await confirmed(context, 'approve-realm', host);
    await parts.realms.approve(parseHost(host), realm);
    parts.notices.remove('realm-changed', parseHost(host));
    await renew(context);
    return {};
  },
};

async function save(draft: RegistryDraft, context: CallContext): Promise<Registry> {
  const { parts, signal } = context;
  const host = parseHost(draft.host);
  const entries = await parts.registries.list();
  const before = draft.id === undefined ? undefined : entries.find(({ id }) => id === draft.id);
  if (draft.id !== undefined && before === undefined) throw unknownThing('registry', draft.id);
  if (draft.password !== undefined && !draft.user) throw refuseRequest('a password needs a user', host);
  if (draft.insecure && before?.insecure !== true) await confirmed(context, 'skip-certificate-checks', host);
  const entry: RegistryEntry = {
    id: before?.id ?? randomUUID(),
    host,
    displayName: draft.name ?? before?.displayName ?? host,
    plainHttp: draft.plainHttp,
    insecure: draft.insecure,
    namespaces: draft.prefixes ?? before?.namespaces ?? [],
    ...(draft.ca === undefined ? {} : { ca: draft.ca }),
    ...(draft.user ? { user: draft.user } : {}),
  };
  await parts.registries.put(entry);
  // a credential is bound to its host and its user: it never goes along to another (S-CRED-1)
  if (before !== undefined && before.host !== host) await forgetUnlessUsed(before.host, parts, signal);
  if (draft.remember === 'no' || (before !== undefined && before.user !== entry.user))
    await parts.vault.forget(host, signal);
  if (draft.remember !== 'no' && draft.user && draft.password !== undefined) {
    const credential = { kind: 'basic', user: draft.user, password: draft.password } as const;
    await parts.vault.keep(host, credential, draft.remember, signal);
  }
  if (draft.rememberDestination !== undefined) await remember(entry.id, draft.rememberDestination, parts);
  await renew(context);
  return (await registryViews(parts, signal))(entry);
}

async function importDocker(
  { text }: { readonly text: string },
  context: CallContext,
): Promise<OutputOf<'registries.importDocker'>> {
  const { parts, signal } = context;
  const found = parts.dockerConfig(text);
  const { canStore, isLocked } = await parts.vault.state(signal);
  const keeping: Keeping = canStore && !isLocked ? 'stored' : 'session';
  const known = new Set((await parts.registries.list()).map(({ host }) => host));
  const results: OutputOf<'registries.importDocker'>['found'][number][] = [];
  for (const { host, credential, why } of found.slice(0, 1000)) {
    const user = credential !== undefined && 'user' in credential ? { user: credential.user } : {};
    try {
      if (!known.has(host)) await parts.registries.put({ ...newEntry(host), ...user });
      known.add(host);
      if (credential !== undefined) await parts.vault.keep(host, credential, keeping, signal);
      results.push({ host, ...user, imported: credential !== undefined, ...(why === undefined ? {} : { why }) });
    } catch (thrown) {
      const { message } = failureForWindow(thrown, 'registries.importDocker');
      results.push({ host, ...user, imported: false, why: message });
    }
  }
  await renew(context);
  return { found: results };
}

function newEntry(host: string): RegistryEntry {
  return { id: randomUUID(), host, displayName: host, plainHttp: false, insecure: false, namespaces: [] };
}

async function forgetUnlessUsed(host: string, parts: WindowParts, signal: AbortSignal): Promise<void> {
  const isUsed = (await parts.registries.list()).some((entry) => entry.host === host);
  if (!isUsed) await parts.vault.forget(host, signal);
}

async function remember(id: string, isWanted: boolean, { settings }: WindowParts): Promise<void> {
  const others = (await settings.get(rememberedDestinations)).filter((other) => other !== id);
  await settings.set(rememberedDestinations, isWanted ? [...others, id] : others);
}

/** Makes entries fit to be shown: with how their credentials are kept, and never with one. */
async function registryViews(
  { vault, settings }: WindowParts,
  signal: AbortSignal,
): Promise<(entry: RegistryEntry) => Registry> {
  const kept = new Map((await vault.kept(signal)).map(({ host, keeping }) => [host, keeping]));
  const remembered = new Set(await settings.get(rememberedDestinations));
  return ({ id, host, displayName, plainHttp, insecure, ca, user, namespaces }) => ({
    id,
    host,
    name: displayName,
    plainHttp,
    insecure,
    credential: kept.get(host) ?? 'none',
    prefixes: namespaces,
    rememberDestination: remembered.has(id),
    ...(ca === undefined ? {} : { ca }),
    ...(user === undefined ? {} : { user }),
  });
}

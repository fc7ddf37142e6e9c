import type { aboutCommands } from '../../../contract/about.ts';
import type { cacheCommands } from '../../../contract/cache-state.ts';
import type { vaultCommands } from '../../../contract/vault-state.ts';
import type { settingCommands } from '../../../contract/settings.ts';
import type { Settings, SettingsChange } from '../../../contract/settings.ts';
import { type CallContext, confirmed, type HandlersOf, renew } from '../context.ts';
import { refuseRequest } from '../failures.ts';
import type { Setting, SettingsBook } from '../parts.ts';
import { optionalSettings, plainSettings } from '../setting-list.ts';

type Names =
  | keyof typeof settingCommands
  | keyof typeof vaultCommands
  | keyof typeof cacheCommands
  | keyof typeof aboutCommands;

/** Commands about settings, the vault, the cache and the program itself. */
export const programHandlers: HandlersOf<Names> = {
  'settings.get': (_, { parts }) => readSettings(parts.settings),
  'settings.set': async (change, context) => {
    await changeSettings(change, context);
    await renew(context);
    return readSettings(context.parts.settings);
  },
  'vault.state': (_, { parts, signal }) => parts.vault.state(signal),
  'vault.unlock': async ({ passphrase }, context) => {
    await context.parts.vault.unlock(passphrase, context.signal);
    return vaultChanged(context);
  },
  'vault.create': async ({ passphrase }, context) => {
    await context.parts.vault.create(passphrase, context.signal);
    return vaultChanged(context);
  },
  'vault.lock': (_, context) => {
    context.parts.vault.lock();
    return vaultChanged(context);
  },
  'cache.status': (_, { parts, signal }) => parts.cache.status(signal),
  'cache.trim': async ({ toBytes }, context) => {
    const { parts, signal } = context;
    const { folder } = await parts.cache.status(signal);
    await confirmed(context, 'trim-cache', folder);
    await parts.cache.trim(toBytes, signal);
    return parts.cache.status(signal);
  },
  'cache.verify': (_, { parts, tasks, windowSignal }) => {
    const running = tasks.running('cache-verify');
    const task = running?.task ?? tasks.begin('cache-verify', (progress) => parts.cache.verify(progress, windowSignal));
    return Promise.resolve({ task });
  },
  'about.get': (_, { parts, signal }) => parts.about.about(signal),
  'about.diagnostics': (_, { parts, signal }) => parts.about.diagnostics(signal),
  'about.selfTest': (_, { parts, signal }) => parts.about.selfTest(signal),
};

async function vaultChanged(context: CallContext): ReturnType<CallContext['parts']['vault']['state']> {
  const state = await context.parts.vault.state(context.signal);
  if (!state.isLocked) context.parts.notices.remove('vault-locked', 'vault');
  await renew(context);
  return state;
}

async function readSettings(book: SettingsBook): Promise<Settings> {
  const { rateBytesPerSecond, proxy, ca } = optionalSettings;
  const rate = await book.get(rateBytesPerSecond);
  const proxyUrl = await book.get(proxy);
  const pem = await book.get(ca);
  return {
    language: await book.get(plainSettings.language),
    theme: await book.get(plainSettings.theme),
    concurrency: await book.get(plainSettings.concurrency),
    cacheBudgetBytes: await book.get(plainSettings.cacheBudgetBytes),
    retries: await book.get(plainSettings.retries),
    waitMinutes: await book.get(plainSettings.waitMinutes),
    closeToTray: await book.get(plainSettings.closeToTray),
    notify: await book.get(plainSettings.notify),
    firstRunDone: await book.get(plainSettings.firstRunDone),
    ...(rate === undefined ? {} : { rateBytesPerSecond: rate }),
    ...(proxyUrl === undefined ? {} : { proxy: proxyUrl }),
    ...(pem === undefined ? {} : { ca: pem }),
  };
}

async function changeSettings(change: SettingsChange, { parts, signal }: CallContext): Promise<void> {
  const { settings, vault, cache } = parts;
  const { proxyUser, proxyPassword } = change;
  const hasPassword = typeof proxyPassword === 'string';
  if (typeof change.proxy === 'string') refuseUnlessProxy(change.proxy);
  if (hasPassword && !proxyUser) throw refuseRequest('a proxy password needs its user', 'proxy');
  for (const [name, setting] of Object.entries(plainSettings))
    await put(settings, setting, Object.getOwnPropertyDescriptor(change, name)?.value);
  if (change.cacheBudgetBytes !== undefined) await cache.keepTo(change.cacheBudgetBytes, signal);
  await put(settings, optionalSettings.rateBytesPerSecond, change.rateBytesPerSecond);
  await put(settings, optionalSettings.proxy, change.proxy);
  await put(settings, optionalSettings.ca, change.ca);
  // what one proxy asks for is nothing to another (S-CRED-10)
  if (change.proxy !== undefined || proxyUser === null) await vault.keepProxy(undefined, signal);
  if (proxyUser && hasPassword)
    await vault.keepProxy({ kind: 'basic', user: proxyUser, password: proxyPassword }, signal);
}

/** Undefined leaves it, null takes it away. */
async function put(book: SettingsBook, setting: Setting<unknown>, value: unknown): Promise<void> {
  if (value === undefined) return;
  if (value === null) await book.reset(setting);
  else await book.set(setting, value);
}

/** A proxy's address holds neither user nor password: these go to the vault. */
function refuseUnlessProxy(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isProxy = url?.protocol === 'http:' || url?.protocol === 'https:';
  // the text may hold a password, so it is not repeated
  if (!isProxy || url.hostname === '')
    throw refuseRequest('the proxy is not an address such as http://proxy:3128', 'proxy');
  if (url.username !== '' || url.password !== '')
    throw refuseRequest('the address of the proxy holds a user or a password; give them apart', 'proxy');
}

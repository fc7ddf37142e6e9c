import type { Settings } from '../../contract/settings.ts';
import type { Setting } from './parts.ts';

type Plain = Omit<Settings, 'rateBytesPerSecond' | 'proxy' | 'ca'>;

const gibibyte = 1024 ** 3;

const choice =
  <Value extends string>(...values: readonly Value[]) =>
  (kept: unknown): Value | undefined =>
    values.find((value) => value === kept);
const whole =
  (least: number, most: number) =>
  (kept: unknown): number | undefined =>
    typeof kept === 'number' && Number.isSafeInteger(kept) && kept >= least && kept <= most ? kept : undefined;
const fact = (kept: unknown): boolean | undefined => (typeof kept === 'boolean' ? kept : undefined);
const text = (kept: unknown): string | undefined => (typeof kept === 'string' ? kept : undefined);

/** Images at a time. */
export const concurrency: Setting<number> = { name: 'concurrency', fallback: 8, read: whole(1, 64) };

/** The settings that always have a value. */
export const plainSettings: { readonly [Name in keyof Plain]: Setting<Plain[Name]> } = {
  language: { name: 'language', fallback: 'system', read: choice('system', 'zh', 'en') },
  theme: { name: 'theme', fallback: 'system', read: choice('system', 'light', 'dark') },
  concurrency,
  cacheBudgetBytes: {
    name: 'cache-budget-bytes',
    fallback: 50 * gibibyte,
    read: whole(0, Number.MAX_SAFE_INTEGER),
  },
  retries: { name: 'retries', fallback: 5, read: whole(0, 100) },
  waitMinutes: { name: 'wait-minutes', fallback: 30, read: whole(0, 10_080) },
  closeToTray: { name: 'close-to-tray', fallback: false, read: fact },
  notify: { name: 'notify', fallback: true, read: fact },
  firstRunDone: { name: 'first-run-done', fallback: false, read: fact },
};

/** The settings that may be missing. */
export const optionalSettings: {
  readonly rateBytesPerSecond: Setting<number | undefined>;
  readonly proxy: Setting<string | undefined>;
  readonly ca: Setting<string | undefined>;
} = {
  rateBytesPerSecond: { name: 'rate-bytes-per-second', fallback: undefined, read: whole(1, Number.MAX_SAFE_INTEGER) },
  proxy: { name: 'proxy', fallback: undefined, read: text },
  ca: { name: 'ca', fallback: undefined, read: text },
};

/** The registries whose last destination is to be offered again, by id. */
export const rememberedDestinations: Setting<readonly string[]> = {
  name: 'remembered-destinations',
  fallback: [],
  read: (kept) => (Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : undefined),
};

import { z } from 'zod';
import { count, line, text, whole } from './bounded.ts';
import { type Data, operation } from './operation.ts';

const values = {
  language: z.enum(['system', 'zh', 'en']),
  theme: z.enum(['system', 'light', 'dark']),
  /** Images at a time. */
  concurrency: whole(1, 64),
  cacheBudgetBytes: count,
  /** Tries after the first one, without progress. */
  retries: whole(0, 100),
  waitMinutes: whole(0, 10_080),
  closeToTray: z.boolean(),
  notify: z.boolean(),
  firstRunDone: z.boolean(),
};

const rateBytesPerSecond = whole(1, Number.MAX_SAFE_INTEGER);
/** An address without user and password; these are kept apart and never given back. */
const proxy = line(500);
const ca = text(200_000);

const settingsShape = z.strictObject({
  ...values,
  /** No limit when missing. */
  rateBytesPerSecond: rateBytesPerSecond.exactOptional(),
  proxy: proxy.exactOptional(),
  /** PEM of CAs trusted for every host. */
  ca: ca.exactOptional(),
});

/** What is to be changed; null takes away. */
const settingsChangeShape = z
  .strictObject({
    ...values,
    rateBytesPerSecond: rateBytesPerSecond.nullable(),
    proxy: proxy.nullable(),
    proxyUser: line(255).nullable(),
    proxyPassword: text(10_000).nullable(),
    ca: ca.nullable(),
  })
  .partial();

/** Commands about settings. */
export const settingCommands = {
  'settings.get': operation(z.strictObject({}), settingsShape),
  'settings.set': operation(settingsChangeShape, settingsShape),
} as const;

/** How the program is set. */
export type Settings = Data<typeof settingsShape>;

/** What of the settings is to be changed. */
export type SettingsChange = Data<typeof settingsChangeShape>;

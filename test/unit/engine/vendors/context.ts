import { onTestFinished } from 'vitest';
import { HttpClient } from '../../../../electron/engine/http/client.ts';
import { Hosts } from '../../../../electron/engine/http/hosts.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import type { VendorContext } from '../../../../electron/engine/vendors/api.ts';
import { SignIns } from '../../../../electron/engine/vendors/sign-ins.ts';
import type { FakeVendor } from '../../../fakes/vendors/answering.ts';

const limits = { connectMs: 2000, tlsMs: 2000, headersMs: 5000, closingMs: 5000, idleMs: 5000, tokenMs: 5000 };

/** What a vendor works with: a fake one that is closed after the test, and one credential for `registry` (the fake itself). */
export function vendorContext(
  fake: FakeVendor,
  credential: Credential | undefined,
  setup: { readonly registry?: string; readonly signIns?: SignIns } = {},
): VendorContext {
  const { registry = fake.host, signIns = new SignIns(systemClock) } = setup;
  const settings = new Map([[fake.host, { plainHttp: true }]]);
  const hosts = new Hosts({ clock: systemClock, random: () => 0, limits, streamsPerHost: 2, proxy: {}, settings });
  onTestFinished(async () => {
    await hosts.close();
    await fake.close();
  });
  return {
    client: new HttpClient({ clock: systemClock, limits, retries: 0, waitMs: 0 }),
    hosts,
    credentials: { credentialFor: async (host) => (host === registry ? credential : undefined) },
    signIns,
    registry,
    side: 'destination',
    meter: new Meter(),
  };
}

/** Everything that a generator gives. */
export async function collected<Item>(generator: AsyncGenerator<Item, void, undefined>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of generator) items.push(item);
  return items;
}

import { describe, expect, test } from 'vitest';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import { detectVendor, openVendor } from '../../../../electron/engine/vendors/detect.ts';
import { startVendor, type VendorAnswer } from '../../../fakes/vendors/answering.ts';
import { startHarbor } from '../../../fakes/vendors/harbor.ts';
import { errorOf } from '../../error-of.ts';
import { vendorContext } from './context.ts';

const { signal } = new AbortController();
const account: Credential = { kind: 'basic', user: 'operator', password: 'some-password-1' };

describe('who is behind a registry', () => {
  test.each([
    ['docker.io', 'docker-hub'],
    ['quay.io', 'quay'],
  ] as const)('is known of %s without a question', async (registry, kind) => {
    const fake = await startVendor('nobody', () => ({}));
    const vendor = await detectVendor({ ...vendorContext(fake, undefined), registry }, signal);
    expect(vendor?.kind).toBe(kind);
    expect(fake.asked()).toEqual([]);
  });

  test('is Harbor when it says so, asked once and without a password', async () => {
    const fake = await startHarbor({ projects: {} });
    const vendor = await detectVendor(vendorContext(fake, account), signal);
    expect(vendor).toMatchObject({ kind: 'harbor', version: 'v2.12.2-0a1b2c3d' });
    expect(fake.asked()).toEqual(['GET /api/v2.0/systeminfo']);
    expect(fake.records[0]?.headers.some(([name]) => name === 'authorization')).toBe(false);
  });

  test.each<[string, VendorAnswer]>([
    ['says that there is no such page', { status: 404, json: { errors: [] } }],
    ['asks for a password', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, json: {} }],
    ['answers everything with its window', { text: '<!doctype html><title>Nexus</title>' }],
    ['answers something else', { json: { status: 'ok' } }],
    ['answers a list', { json: [] }],
    ['fails', { status: 500, json: {} }],
  ])('is nobody that we know when it %s', async (_what, answer) => {
    const fake = await startVendor('other', () => answer);
    expect(await detectVendor(vendorContext(fake, account), signal)).toBeUndefined();
  });

  test('cannot be said when nobody answers', async () => {
    const fake = await startVendor('gone', () => ({}));
    const context = vendorContext(fake, undefined);
    await fake.close();
    expect((await errorOf(detectVendor(context, signal))).kind).toBe('unreachable');
  });

  test.each(['harbor', 'quay', 'docker-hub'] as const)('may be said by the operator: %s', async (kind) => {
    const fake = await startVendor('any', () => ({}));
    expect(openVendor(kind, vendorContext(fake, undefined)).kind).toBe(kind);
  });
});

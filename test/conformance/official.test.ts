import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoryLibrary } from '../../electron/engine/content/memory-library.ts';
import { startDock } from '../../electron/engine/dock/server.ts';
import { buildGoTool, goTools } from '../bench/go-tools.ts';
import { runSuite } from './suite.ts';

/** Tests of the official suite that the dock skips, by a part of their names, with the reason. */
const skips: Readonly<Record<string, string>> = {
  'Cross-mounting of nonexistent blob': 'only for registries that find a blob without being told its repository',
  'Cross-mounting without from': 'only for registries that find a blob without being told its repository',
};

// The first build takes a minute or two, and the suite is kept after it.
const suite =
  process.env['FERRY_OFFICIAL_SUITE'] === 'no' ? { reason: 'FERRY_OFFICIAL_SUITE=no' } : buildGoTool('conformance');
const reason = 'reason' in suite ? ` (skipped: ${suite.reason})` : '';

describe.skipIf(reason !== '')(`the official conformance suite ${goTools.conformance.version}${reason}`, () => {
  test('finds nothing wrong with the dock in all four workflows', async () => {
    if ('reason' in suite) throw new Error(suite.reason);
    const folder = mkdtempSync(join(tmpdir(), 'ferry-conformance-'));
    const dock = await startDock({ library: memoryLibrary(), writable: true, catalog: true });
    try {
      const results = await runSuite(suite.path, dock.url, folder);
      const named = (outcome: string): readonly string[] =>
        results.filter((result) => result.outcome === outcome).map(({ name, message }) => `${name}: ${message}`);
      expect(named('failed')).toEqual([]);
      const isListed = (skipped: string): boolean => Object.keys(skips).some((part) => skipped.includes(part));
      expect(named('skipped').filter((skipped) => !isListed(skipped))).toEqual([]);
      for (const workflow of ['Pull', 'Push', 'Content Discovery', 'Content Management']) {
        const passed = named('passed').filter((name) => name.includes(` ${workflow} `));
        expect(passed.length, `tests of ${workflow} that passed`).toBeGreaterThan(0);
      }
    } finally {
      await dock.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 600_000);
});

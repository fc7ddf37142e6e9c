import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoryLibrary } from '../../electron/engine/content/memory-library.ts';
import { startDock } from '../../electron/engine/dock/server.ts';
import { buildGoTool, goTools } from '../bench/go-tools.ts';
import { runSuite } from './suite.ts';

/** Tests that the official suite itself skips when its own set-up ran, by a part of their names, with the reason. */
const skips: Readonly<Record<string, string>> = {
  'Get tag name from environment': 'the set-up pushed one',
  'Populate registry with test tags (no push)': 'the set-up pushed some',
  'Cross-mounting of nonexistent blob': 'the blob was there and was mounted',
  'automatic content discovery enabled': 'the dock mounts only from a repository that is named',
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

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const top = fileURLToPath(new URL('../../', import.meta.url));

/** The rules of a window, and how many each chapter has. */
const chapters = [
  ['S-SHELL', 15],
  ['S-IPC', 9],
  ['S-WEB', 13],
] as const;

/** What tests say, without what is only said beside them. */
function wordsOfTests(): string {
  return readdirSync(join(top, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.endsWith('rules.test.ts'))
    .map((name) => readFileSync(join(top, 'test', name), 'utf8'))
    .join('\n');
}

describe('the rules of a window', () => {
  test.each(chapters)('each of %s has a test that names it', (chapter, count) => {
    const words = wordsOfTests();
    const rules = Array.from({ length: count }, (_, at) => `${chapter}-${at + 1}`);
    // S-SHELL-13 is below
    const unnamed = rules.filter((rule) => !new RegExp(`${rule}(?!\\d)`).test(words) && rule !== 'S-SHELL-13');
    expect(unnamed).toEqual([]);
  });

  test('S-SHELL-13: one exact Electron is shipped, the same in the lock file', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
    const { packages } = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8'));
    expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
    expect(packages['node_modules/electron'].version).toBe(devDependencies.electron);
  });
});

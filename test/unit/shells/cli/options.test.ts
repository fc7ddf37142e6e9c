import { Command, CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  connectionWish,
  type CopyFlags,
  copyWishOptions,
  durationMs,
  withChoice,
  withCopying,
  withRetries,
} from '../../../../electron/shells/cli/options.ts';

function read(...args: readonly string[]): CopyFlags {
  const command = withCopying(
    withRetries(withChoice(new Command().exitOverride().configureOutput({ writeErr: () => {} }))),
  );
  return command.parse(args, { from: 'user' }).opts<CopyFlags>();
}

test('without any option everything has its default', () => {
  expect(connectionWish(read())).toEqual({ plainHttp: [], insecure: [], retries: 5, waitMs: 1_800_000 });
  expect(copyWishOptions(read())).toEqual({
    platforms: [],
    attestations: 'keep',
    onConflict: 'overwrite',
    force: false,
    referrers: true,
    concurrency: 8,
  });
  expect(read()).toMatchObject({ json: false, quiet: false, allTags: false, dryRun: false });
  expect(read().report).toBeUndefined();
});

test('options become what the app wants', () => {
  const typed =
    '--plain-http a --plain-http b --insecure c --ca ca.pem --proxy p --auth f --retries 0 --wait 90s ' +
    '--platform linux/arm64 --platform linux/amd64 --no-referrers --attestations drop --on-conflict backup ' +
    '--force --concurrency 64 --no-cache';
  const flags = read(...typed.split(' '));
  expect(connectionWish(flags)).toEqual({
    plainHttp: ['a', 'b'],
    insecure: ['c'],
    caFile: 'ca.pem',
    proxy: 'p',
    authFile: 'f',
    retries: 0,
    waitMs: 90_000,
  });
  expect(copyWishOptions(flags)).toEqual({
    platforms: ['linux/arm64', 'linux/amd64'],
    attestations: 'drop',
    onConflict: 'backup',
    force: true,
    referrers: false,
    concurrency: 64,
  });
});

test('lists of one reading are not those of another', () => {
  read('--platform', 'linux/arm64');
  expect(read().platform).toEqual([]);
});

describe('a time', () => {
  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['45', 45_000],
    ['0', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each(['', 'm', '-1s', '1.5h', '1d', '90 s', '1e3', '99999999s', '٣s'])('%j is none', (text) => {
    expect(() => durationMs(text)).toThrow('give a time such as 90s, 30m or 2h');
  });
});

test.each([
  ['--concurrency', '0'],
  ['--concurrency', '65'],
  ['--concurrency', '1.5'],
  ['--concurrency', '0x8'],
  ['--concurrency', ''],
  ['--retries', '-1'],
  ['--retries', '101'],
  ['--retries', 'five'],
  ['--wait', 'soon'],
  ['--attestations', 'some'],
  ['--on-conflict', 'ask'],
  ['--on-conflict', 'Overwrite'],
])('%s %j is refused', (...args) => {
  expect(() => read(...args)).toThrow(CommanderError);
});

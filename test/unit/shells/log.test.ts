import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { appendFile, chmod, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRecord } from '../../../electron/app/log-records.ts';
import { readJobLog } from '../../../electron/app/read-log.ts';
import { type LogOptions, type Log, logLevel, openLog } from '../../../electron/shells/log.ts';
import { fuzz } from '../fuzzing.ts';

const { signal } = new AbortController();

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'logs');
}

async function opened(folder: string, options: LogOptions = {}): Promise<Log> {
  const log = await openLog(folder, options);
  onTestFinished(() => log.close());
  return log;
}

const current = (folder: string): string => join(folder, 'image-ferry.log');
const linesOf = (folder: string): readonly string[] => readFileSync(current(folder), 'utf8').trimEnd().split('\n');
/** Every line of all files, in no order. */
const allLines = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));

describe('a log', () => {
  test('holds one JSON object a line', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', 'image copied', { job: 7, seconds: 1.5, blobs: { sent: 2 } });
    log.log('warn', 'notice');
    const [first, second] = linesOf(folder).map((line) => JSON.parse(line));
    expect(first).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      level: 'info',
      message: 'image copied',
      job: 7,
      seconds: 1.5,
      blobs: { sent: 2 },
    });
    expect(second).toMatchObject({ level: 'warn', message: 'notice' });
  });

  test.runIf(process.platform !== 'win32')('is for its owner alone', async () => {
    const folder = newFolder();
    const log = await opened(folder, { fileBytes: 100 });
    for (let at = 0; at < 10; at++) log.log('info', 'x'.repeat(50));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
  });

  test('leaves debug out unless it is asked for', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('debug', 'small');
    log.log('info', 'large');
    expect(linesOf(folder)).toHaveLength(1);
    const curious = await opened(folder, { level: logLevel({ IMAGE_FERRY_LOG: 'debug' }) });
    curious.log('debug', 'small');
    expect(linesOf(folder)).toHaveLength(2);
    expect(logLevel({})).toBe('info');
  });

  test('is quiet once it is closed', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', 'one');
    log.close();
    log.log('info', 'two');
    expect(linesOf(folder)).toHaveLength(1);
  });

  test('makes one line of whatever it is given, and none of it moves a cursor', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    const hostile = fc.string({
      unit: fc.constantFrom(
        'a',
        '\n',
        '\r',
        '\u001b[2J',
        '\u009b',
        '\u2028',
        '\u202e',
        '\u2066',
        '"',
        '\\',
        '\ud800',
        '𝕏',
        '\0',
      ),
      maxLength: 20,
    });
    const facts = fc.dictionary(hostile, fc.oneof(hostile, fc.anything()), { maxKeys: 5 });
    let told = 0;
    fc.assert(
      fc.property(hostile, facts, (message, given) => {
        log.log('info', message, given);
        told++;
        const lines = linesOf(folder);
        expect(lines).toHaveLength(told);
        expect(readRecord(lines.at(-1) ?? '')).toMatchObject({ level: 'info' });
        // oxlint-disable-next-line no-control-regex -- these are the characters that must not be there
        expect(lines.at(-1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
      }),
      fuzz(300),
    );
    expect(log.lost).toBe(0);
  });

  test('cannot be told another time, level or message by its facts', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', 'true', { at: 'never', level: 'error', message: 'false', job: 1 });
    expect(readRecord(linesOf(folder)[0] ?? '')).toMatchObject({ level: 'info', message: 'true', facts: {} });
  });

  test('cuts what is absurdly long', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    const long = 'x'.repeat(1_000_000);
    log.log('info', long, { job: 3, text: long, list: Array.from({ length: 100 }, () => long) });
    const [line = ''] = linesOf(folder);
    expect(line.length).toBeLessThan(65_536);
    expect(readRecord(line)?.job).toBe(3);
  });
});

describe('a log that cannot be written', () => {
  test('is no error, is counted, and says so when it can be written again', async () => {
    const folder = newFolder();
    writeFileSync(folder, 'in the way');
    const log = await opened(folder);
    for (let at = 0; at < 3; at++) log.log('info', 'lost');
    expect(log.lost).toBe(3);
    await rm(folder);
    log.log('info', 'written');
    expect(linesOf(folder).map((line) => readRecord(line))).toMatchObject([
      { level: 'warn', message: 'records were lost', facts: { lost: 3 } },
      { message: 'written' },
    ]);
    log.log('info', 'and on');
    expect(linesOf(folder)).toHaveLength(3);
    expect(log.lost).toBe(3);
  });

  test('goes on in a new folder when its own is taken away', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', 'one');
    await rm(folder, { recursive: true });
    log.log('info', 'two');
    log.log('info', 'three');
    expect(log.lost).toBe(1);
    expect(linesOf(folder).map((line) => readRecord(line)?.message)).toEqual(['records were lost', 'three']);
  });

  test.runIf(existsSync('/dev/full'))('because the disk is full loses its lines in silence', async () => {
    const folder = newFolder();
    await mkdir(folder);
    spawnSync('ln', ['-s', '/dev/full', current(folder)]);
    const log = await opened(folder);
    for (let at = 0; at < 5; at++) log.log('info', 'lost');
    expect(log.lost).toBe(5);
  });

  test('in the middle of a line leaves the next one whole', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', 'one', { job: 1 });
    log.close();
    await appendFile(current(folder), '{"at":"2026-01-01T00:0');
    const next = await opened(folder);
    next.log('info', 'two', { job: 1 });
    const { lines } = await readJobLog(folder, 1, { most: 10 }, signal);
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  test('tells nothing of it on the terminal', () => {
    const folder = newFolder();
    const code = `
      const { openLog } = await import(${JSON.stringify(new URL('../../../electron/shells/log.ts', import.meta.url).href)});
      const log = await openLog(${JSON.stringify(join('/dev/null', 'logs'))});
      log.log('error', 'lost');
      const other = await openLog(${JSON.stringify(folder)}, { fileBytes: 10 });
      for (let at = 0; at < 5; at++) other.log('error', 'kept');
    `;
    const end = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(end).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(allLines(folder)).toHaveLength(5);
  });
});

describe('the files of a log', () => {
  test('are five at most, none much larger than asked, the newest records in them', async () => {
    const folder = newFolder();
    const log = await opened(folder, { fileBytes: 2000 });
    for (let at = 1; at <= 400; at++) log.log('info', 'line', { job: 1, at: 0, count: at });
    const names = readdirSync(folder);
    expect(names).toHaveLength(5);
    for (const name of names) expect(statSync(join(folder, name)).size, name).toBeLessThan(2200);
    const { lines, more } = await readJobLog(folder, 1, { most: 1000 }, signal);
    expect(more).toBe(false);
    const counts = lines.map(({ text }) => Number(/count (\d+)$/.exec(text)?.[1]));
    expect(counts.length).toBeGreaterThan(80);
    expect(counts).toEqual(Array.from(counts, (_, at) => 400 - counts.length + 1 + at));
  });

  test('are written by two processes at once without losing a line', async () => {
    const folder = newFolder();
    const url = JSON.stringify(new URL('../../../electron/shells/log.ts', import.meta.url).href);
    const code = `
      const { openLog } = await import(${url});
      const log = await openLog(${JSON.stringify(folder)}, { fileBytes: 100_000 });
      for (let at = 0; at < 300; at++) log.log('info', 'line', { job: Number(process.argv[1]), text: 'x'.repeat(500) });
      process.exitCode = log.lost;
    `;
    const { execFile } = await import('node:child_process');
    const runs = [1, 2].map(
      (job) =>
        new Promise((resolve, reject) => {
          execFile(process.execPath, ['--input-type=module', '-e', code, String(job)], (error) =>
            error === null ? resolve(undefined) : reject(error),
          );
        }),
    );
    await Promise.all(runs);
    for (const job of [1, 2]) {
      const { lines } = await readJobLog(folder, job, { most: 1000 }, signal);
      expect(lines).toHaveLength(300);
    }
  });

  test.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)(
    'that cannot be put aside do not grow without end',
    async () => {
      const folder = newFolder();
      const log = await opened(folder, { fileBytes: 1000 });
      log.log('info', 'one');
      await chmod(folder, 0o500);
      onTestFinished(() => chmod(folder, 0o700));
      for (let at = 0; at < 100; at++) log.log('info', 'x'.repeat(100));
      expect(readdirSync(folder)).toHaveLength(1);
      expect(statSync(current(folder)).size).toBeLessThan(2500);
    },
  );

  test.runIf(process.platform === 'linux')(
    'are found without a look into the folder that the program was started in',
    () => {
      const folder = newFolder();
      const start = newFolder();
      spawnSync('mkdir', ['-p', start]);
      // whoever reads this waits for ever
      spawnSync('mkfifo', [join(start, 'package.json')]);
      const url = JSON.stringify(new URL('../../../electron/shells/log.ts', import.meta.url).href);
      const code = `const log = await (await import(${url})).openLog(${JSON.stringify(folder)}); log.log('info', 'x');`;
      const end = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: start, timeout: 20_000 });
      expect(end.status).toBe(0);
      expect(linesOf(folder)).toHaveLength(1);
    },
  );
});

describe('secrets', () => {
  const canary = 'S3cr3t-canary+x/y=';

  test('that are live are taken out of messages, facts, names and lists', async () => {
    const folder = newFolder();
    const log = await opened(folder, { clean: (text) => text.replaceAll(canary, '[redacted]') });
    log.log('info', `told ${canary}`, {
      text: `the registry said ${canary}`,
      [canary]: 1,
      deep: { list: [canary, { error: new Error(canary) }] },
      job: 1,
    });
    expect(readFileSync(current(folder), 'utf8')).not.toContain('S3cr3t');
    expect(linesOf(folder)).toHaveLength(1);
  });

  test('are taken out by their shape even if they are not known', async () => {
    const folder = newFolder();
    const log = await opened(folder, { clean: (text) => text });
    log.log('info', `Authorization: Bearer ${canary}`, {
      password: canary,
      headers: { Cookie: canary },
      url: `https://user:${canary.replace('/', '')}@r.io/x?sig=${canary}`,
    });
    expect(readFileSync(current(folder), 'utf8')).not.toContain('S3cr3t');
  });

  test('that lie where a long text is cut do not show a part of them', async () => {
    const folder = newFolder();
    const log = await opened(folder, { clean: (text) => text.replaceAll(canary, '') });
    for (let before = 32_740; before < 32_780; before++) {
      const filler = `https://r.io/?${'x'.repeat(before - 14)} `;
      log.log('info', `${filler}${canary}`);
    }
    expect(readFileSync(current(folder), 'utf8')).not.toContain('S3');
  });

  test('would be found if they were there', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', `innocent words ${canary}`);
    expect(readFileSync(current(folder), 'utf8')).toContain('S3cr3t');
  });
});

describe('the log of a job', () => {
  test('is read page by page', async () => {
    const folder = newFolder();
    const log = await opened(folder, { fileBytes: 3000 });
    for (let at = 0; at < 40; at++) log.log('info', `line ${at}`, { job: at % 2 === 0 ? 5 : 51 });
    const pages: string[] = [];
    for (let after = 0; ; after += 7) {
      const { lines, more } = await readJobLog(folder, 5, { after, most: 7 }, signal);
      pages.push(...lines.map(({ text }) => text));
      if (!more) break;
    }
    expect(pages).toEqual(Array.from({ length: 20 }, (_, at) => `line ${at * 2}`));
  });

  test('leaves out what was written before the job was there', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', 'of a history that was lost', { job: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const sinceMs = Date.now();
    log.log('info', 'of this one', { job: 1 });
    const { lines } = await readJobLog(folder, 1, { most: 10, sinceMs }, signal);
    expect(lines.map(({ text }) => text)).toEqual(['of this one']);
  });

  test('passes over what is no record', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', 'one', { job: 1 });
    const rubbish = ['', '{', '[]', 'null', '"job":1', '{"job":1}', `{"job":1,"x":"${'y'.repeat(300_000)}"}`, '\u0000'];
    await appendFile(current(folder), rubbish.join('\n'));
    log.log('info', 'lost in the last line of rubbish', { job: 1 });
    log.log('info', 'two', { job: 1 });
    const { lines } = await readJobLog(folder, 1, { most: 10 }, signal);
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  test('tells its facts by their names, in one safe line', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', 'image copied', {
      job: 1,
      source: 'r.io/a\u202e:1',
      from: undefined,
      bytes: { received: 5, sent: 7 },
      codes: ['DENIED', 'OTHER'],
      none: [],
    });
    const { lines } = await readJobLog(folder, 1, { most: 10 }, signal);
    expect(lines).toEqual([
      {
        at: expect.any(String),
        level: 'info',
        text: 'image copied · source r.io/a\ufffd:1 · bytes received 5 · bytes sent 7 · codes DENIED, OTHER',
      },
    ]);
  });

  test('is empty where there is no log', async () => {
    expect(await readJobLog(newFolder(), 1, { most: 10 }, signal)).toEqual({ lines: [], more: false });
  });

  test('is no longer read once nobody wants it', async () => {
    const folder = newFolder();
    const log = await opened(folder);
    log.log('info', 'one', { job: 1 });
    await expect(readJobLog(folder, 1, { most: 10 }, AbortSignal.abort())).rejects.toThrow();
  });
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ImageResult } from '../../../../electron/contract/models.ts';
import type { DeliveryProgress, ImageProgress } from '../../../../electron/contract/progress.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { cellsOf } from '../../../../electron/shells/cli/cells.ts';
import { ProgressBoard } from '../../../../electron/shells/cli/progress.ts';
import { consoleOver, FakeScreen } from './terminal.ts';

function layer(at: number, sentBytes = 500): DeliveryProgress {
  const digest = parseDigest(`sha256:${String(at).padStart(64, '0')}`);
  return {
    blob: { mediaType: 'application/octet-stream', digest, size: 1000 + at },
    phase: 'sending',
    receivedBytes: sentBytes,
    sentBytes,
  };
}

function image(at: number | string, deliveries: DeliveryProgress[] = []): ImageProgress {
  return {
    source: `source.example/team/app:${at}`,
    destination: `dest.example/x/y:${at}`,
    phase: 'copying',
    deliveries,
  };
}

function resultOf({ source, destination }: ImageProgress): ImageResult {
  const blobs = { sent: 1, mounted: 0, present: 0 };
  return { source, destination, outcome: 'copied', blobs, referrers: 0, seconds: 1, notices: [] };
}

function begin(board: ProgressBoard, images: readonly ImageProgress[]): void {
  for (const one of images) board.queued(one);
  for (const one of images) board.changed(one);
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the picture on a terminal', () => {
  test('shows how far the images and their layers are', () => {
    const stderr = new FakeScreen();
    const board = new ProgressBoard(consoleOver({ stderr }));
    begin(board, [image(1, [layer(7)]), image(2)]);
    vi.advanceTimersByTime(100);
    expect(stderr.shown()).toEqual([
      expect.stringMatching(/^0\/2 images · 500 B · .+\/s · 0\.1 s$/),
      'copying source.example/team/app:1 → dest.example/x/y:1',
      `  sha256:000000000000    1007 B ${'█'.repeat(8)}${'░'.repeat(8)} sending`,
      'copying source.example/team/app:2 → dest.example/x/y:2',
    ]);
    board.close();
  });

  test('is drawn at most ten times a second, in one piece each, whatever happens', () => {
    const stderr = new FakeScreen();
    const board = new ProgressBoard(consoleOver({ stderr }));
    const images = Array.from({ length: 30 }, (_, at) => image(at));
    begin(board, images);
    for (let ms = 0; ms < 1000; ms += 5) {
      for (const one of images) board.changed(one);
      vi.advanceTimersByTime(5);
    }
    expect(stderr.writes.length).toBeGreaterThanOrEqual(9);
    expect(stderr.writes.length).toBeLessThanOrEqual(10);
    board.close();
  });

  test.each([
    [20, 5],
    [40, 3],
    [80, 24],
    [200, 1],
  ])('fits into %i columns and %i rows', (columns, rows) => {
    const stderr = new FakeScreen({ columns, rows });
    const board = new ProgressBoard(consoleOver({ stderr }));
    begin(
      board,
      Array.from({ length: 40 }, (_, at) => image(at, [layer(1), layer(2), layer(3), layer(4), layer(5)])),
    );
    for (let frame = 0; frame < 3; frame++) {
      vi.advanceTimersByTime(100);
      expect(stderr.shown().length).toBeLessThanOrEqual(Math.max(1, rows - 1));
      for (const line of stderr.shown()) expect(cellsOf(line)).toBeLessThan(columns);
    }
    board.close();
  });

  test.each(['zh_CN.UTF-8', 'C'])('does not let wide characters overflow a line (%s)', (locale) => {
    const stderr = new FakeScreen({ columns: 50 });
    const board = new ProgressBoard(consoleOver({ stderr }, {}, locale));
    begin(board, [image('镜像仓库很长的名字'.repeat(10), [layer(1)]), image('ｆｕｌｌ🚢é'.repeat(20))]);
    vi.advanceTimersByTime(100);
    for (const line of stderr.shown()) expect(widthOf(line), line).toBeLessThan(50);
    board.close();
  });

  test('strips what could move the cursor', () => {
    const stderr = new FakeScreen();
    const board = new ProgressBoard(consoleOver({ stderr }));
    begin(board, [image('\u001b[2J\u0007\n\r\u202e\u009b1A')]);
    vi.advanceTimersByTime(100);
    // oxlint-disable-next-line no-control-regex -- these are the characters that must not come through
    expect(stderr.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(stderr.shown()).toHaveLength(2);
    board.close();
  });

  test('leaves lines that were said, and nothing else when it ends', () => {
    const stderr = new FakeScreen();
    const console = consoleOver({ stderr });
    const board = new ProgressBoard(console);
    const [one, two] = [image(1, [layer(1)]), image(2)];
    begin(board, [one, two]);
    vi.advanceTimersByTime(100);
    console.warn('mind the gap');
    vi.advanceTimersByTime(100);
    board.ended(resultOf(one), one);
    vi.advanceTimersByTime(100);
    console.result('a result on the same terminal');
    board.close();
    vi.advanceTimersByTime(1000);
    expect(stderr.shown()).toEqual([
      'warning: mind the gap',
      'copied source.example/team/app:1 → dest.example/x/y:1 (500 B, 1.0 s)',
    ]);
    console.say('after the end');
    expect(stderr.shown().at(-1)).toBe('after the end');
  });

  test('shows the largest of many layers', () => {
    const stderr = new FakeScreen();
    const board = new ProgressBoard(consoleOver({ stderr }));
    begin(board, [
      image(
        1,
        [1, 2, 3, 4, 5, 6].map((at) => layer(at)),
      ),
    ]);
    vi.advanceTimersByTime(100);
    const sizes = stderr.shown().flatMap((line) => /(\d+) B (?:█|░)/.exec(line)?.[1] ?? []);
    expect(sizes).toEqual(['1006', '1005', '1004', '1003']);
    board.close();
  });
});

describe('where there is no terminal', () => {
  test('there is one line for each image that ended, and no escape', () => {
    const stderr = new FakeScreen({ isTTY: false });
    const board = new ProgressBoard(consoleOver({ stderr }));
    const one = image(1, [layer(1)]);
    begin(board, [one]);
    vi.advanceTimersByTime(1000);
    board.ended(resultOf(one), one);
    board.close();
    expect(stderr.text).toBe('copied source.example/team/app:1 → dest.example/x/y:1 (500 B, 1.0 s)\n');
  });

  test.each([{ json: true }, { quiet: true }])('or nobody wants one, nothing is drawn %j', (options) => {
    const stderr = new FakeScreen();
    const board = new ProgressBoard(consoleOver({ stderr }, options));
    const one = image(1);
    begin(board, [one]);
    vi.advanceTimersByTime(1000);
    board.ended(resultOf(one), one);
    board.close();
    expect(stderr.text).toBe('');
  });
});

/** Cells by a rule of its own: everything beyond Latin takes two, marks none. */
function widthOf(text: string): number {
  return Array.from(text.normalize('NFC')).reduce(
    (sum, character) => sum + ((character.codePointAt(0) ?? 0) > 0x2100 ? 2 : 1),
    0,
  );
}

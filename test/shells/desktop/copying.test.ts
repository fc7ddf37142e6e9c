import { describe, expect, test } from 'vitest';
import type { JobTotals } from '../../../electron/contract/feeds.ts';
import { plainSettings } from '../../../electron/app/window/setting-list.ts';
import { motionOf } from '../../../electron/shells/desktop/motion.ts';
import { runningJob } from '../../unit/app/window/memory-parts.ts';
import { type Program, startProgram } from './program.ts';

const half = { bytesTotal: 100, bytesDone: 50, layersDone: 1, layersTotal: 2 };

function show({ parts }: Program, ...heads: readonly JobTotals[]): void {
  parts.jobs.heads = [...heads];
  parts.jobs.change();
}

describe('how copying stands', () => {
  test('is the bytes of all jobs in motion together', () => {
    const other = { ...runningJob(2), state: 'held' as const, progress: { ...half, bytesTotal: 300, bytesDone: 50 } };
    expect(motionOf([{ ...runningJob(1), progress: half }, other])).toEqual({ running: 1, held: 1, fraction: 0.25 });
  });

  test('is not known while one of them does not know', () => {
    expect(motionOf([{ ...runningJob(1), progress: half }, runningJob(2)]).fraction).toBeUndefined();
  });

  test('is nothing when all have ended', () => {
    expect(motionOf([{ ...runningJob(1), state: 'finished', progress: half }])).toEqual({
      running: 0,
      held: 0,
      fraction: undefined,
    });
  });
});

describe('the taskbar', () => {
  test('shows what is done, that something is done, that it is held, and nothing', async () => {
    const program = await startProgram();
    show(program, { ...runningJob(1), progress: half });
    show(program, runningJob(1));
    show(program, { ...runningJob(1), state: 'held', progress: half });
    show(program, { ...runningJob(1), state: 'cancelled' });
    expect(program.asked('setProgressBar').slice(-4)).toEqual([
      [0.5, { mode: 'normal' }],
      [2, { mode: 'normal' }],
      [0.5, { mode: 'paused' }],
      [-1, undefined],
    ]);
  });

  test('is looked after while a job moves without saying so', async () => {
    const program = await startProgram();
    const { clock, jobs } = program.parts;
    if (!('advance' in clock) || typeof clock.advance !== 'function') throw new Error('the clock does not stand still');
    show(program, runningJob(1));
    jobs.heads = [{ ...runningJob(1), progress: half }];
    await clock.advance(1000);
    expect(program.asked('setProgressBar').at(-1)).toEqual([0.5, { mode: 'normal' }]);
  });
});

test('the machine stays awake while jobs move, and only then', async () => {
  const program = await startProgram();
  show(program, runningJob(1));
  show(program, runningJob(1), runningJob(2));
  expect(program.asked('powerSaveBlocker.start')).toEqual([['prevent-app-suspension']]);
  show(program, { ...runningJob(1), state: 'held' });
  expect(program.asked('powerSaveBlocker.stop')).toHaveLength(1);
});

describe('the end of a job', () => {
  const ended = {
    ...runningJob(7),
    title: 'a → b',
    state: 'finished-with-failures' as const,
    images: { total: 5, copied: 2, unchanged: 1, skipped: 0, failed: 2, cancelled: 0 },
  };

  test('is said where nobody looks, and pressing it brings the window up', async () => {
    const program = await startProgram();
    program.window.blur();
    show(program, runningJob(7));
    show(program, ended);
    await expect
      .poll(() => program.asked('Notification'))
      .toEqual([[{ title: 'Done: a → b', body: '3 images are there, 2 failed.' }]]);
    program.electron.Notification.shown[0]?.emit('click');
    expect(program.window.isFocused()).toBe(true);
  });

  test.each([
    ['somebody looks', (program: Program) => Promise.resolve(program.window.focus())],
    ['it is not wished', (program: Program) => program.parts.settings.set(plainSettings.notify, false)],
  ])('is not said when %s', async (_, prepare) => {
    const program = await startProgram();
    program.window.blur();
    await prepare(program);
    show(program, runningJob(7));
    show(program, ended);
    await new Promise((resolve) => setImmediate(resolve));
    expect(program.asked('Notification')).toEqual([]);
  });

  test('is not said of jobs that had ended before', async () => {
    const program = await startProgram();
    program.window.blur();
    show(program, ended);
    await new Promise((resolve) => setImmediate(resolve));
    expect(program.asked('Notification')).toEqual([]);
  });
});

test('that the machine woke up is told to what is behind the window', async () => {
  const { electron, logged } = await startProgram();
  electron.powerMonitor.emit('resume');
  expect(logged).toContainEqual(['resumed']);
});

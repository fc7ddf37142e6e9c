import { describe, expect, test } from 'vitest';
import { plainSettings } from '../../../electron/app/window/setting-list.ts';
import { runningJob } from '../../unit/app/window/memory-parts.ts';
import { type Program, startProgram } from './program.ts';

/** A program that copies. */
async function copying(...answers: readonly number[]): Promise<Program> {
  const program = await startProgram();
  program.electron.control.answers.push(...answers);
  program.parts.jobs.heads = [runningJob(1)];
  program.parts.jobs.change();
  return program;
}

/** Lets everything that is decided be decided. */
const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 50));

describe('closing the window', () => {
  test('ends the program when nothing runs', async () => {
    const { window, asked } = await startProgram();
    window.close();
    await expect.poll(() => asked('exit')).toEqual([[0]]);
    expect(asked('showMessageBox')).toEqual([]);
  });

  test('asks while jobs run, and stays when that is the answer', async () => {
    const { window, asked } = await copying(0);
    window.close();
    window.close();
    await expect
      .poll(() => asked('showMessageBox'))
      .toMatchObject([[{ message: 'One job is still running. Quit?', cancelId: 0 }]]);
    await settled();
    expect([window.isDestroyed(), window.isVisible(), asked('exit')]).toEqual([false, true, []]);
  });

  test('goes on in the background when that is the answer, and the tray brings the window back', async () => {
    const { window, electron } = await copying(1);
    window.close();
    await expect.poll(() => window.isVisible()).toBe(false);
    electron.Tray.shown?.menu?.items[0]?.click?.();
    expect([window.isVisible(), electron.Tray.shown]).toEqual([true, undefined]);
  });

  test('hides nothing where there is no tray', async () => {
    const { window, electron } = await copying(1);
    electron.control.hasTray = false;
    window.close();
    await settled();
    expect([window.isVisible(), window.isDestroyed()]).toEqual([true, false]);
  });

  test('ends the program when that is the answer', async () => {
    const { window, asked } = await copying(2);
    window.close();
    await expect.poll(() => asked('exit')).toEqual([[0]]);
  });

  test('only hides it when that is set, and quitting from the tray asks', async () => {
    const { window, electron, parts, asked } = await copying(2);
    await parts.settings.set(plainSettings.closeToTray, true);
    window.close();
    await expect.poll(() => window.isVisible()).toBe(false);
    expect(asked('showMessageBox')).toEqual([]);
    electron.Tray.shown?.menu?.items[1]?.click?.();
    await expect.poll(() => asked('exit')).toEqual([[0]]);
    expect(asked('showMessageBox')).toHaveLength(1);
  });
});

describe('quitting', () => {
  test('asks too, and can be asked again after a no', async () => {
    const { electron, asked } = await copying(0, 2);
    electron.app.quit();
    await settled();
    expect(asked('exit')).toEqual([]);
    electron.app.quit();
    await expect.poll(() => asked('exit')).toEqual([[0]]);
  });

  test('asks nobody when the machine goes down', async () => {
    const { electron, asked } = await copying();
    electron.powerMonitor.emit('shutdown');
    await expect.poll(() => asked('exit')).toEqual([[0]]);
    expect(asked('showMessageBox')).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import type { JobImage } from '../../../../electron/contract/feeds.ts';
import { movingShares } from '../../../../renderer/state/moving.ts';

const image = (source: string, bytesDone: number, bytesTotal?: number): JobImage => ({
  index: 0,
  source,
  destination: '',
  phase: 'copying',
  bytesDone,
  layersDone: 0,
  layersTotal: 0,
  notices: [],
  ...(bytesTotal === undefined ? {} : { bytesTotal }),
});

test('an image on its way to two places is as far as both together', () => {
  expect(movingShares([image('a', 10, 100), image('a', 90, 100), image('b', 0)])).toEqual(
    new Map([
      ['a', 0.5],
      ['b', 0],
    ]),
  );
});

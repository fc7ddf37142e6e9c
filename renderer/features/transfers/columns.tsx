import type { TFunction } from 'i18next';
import type { JobImage } from '../../../electron/contract/feeds.ts';
import { bytesText, shareOf } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { Bar } from '../../ui/bar.tsx';
import type { Column } from '../../ui/grid-types.ts';
import { ReferenceText } from '../../ui/reference-text.tsx';

const ended = ['copied', 'unchanged', 'skipped'];

/** The columns of the images of a job. */
export function jobImageColumns(t: TFunction): readonly Column<JobImage>[] {
  return [
    {
      id: 'source',
      title: t('transfers.source'),
      width: 'minmax(110px, 3fr)',
      cell: ({ source }) => <ReferenceText reference={source} />,
    },
    {
      id: 'destination',
      title: t('transfers.destination'),
      width: 'minmax(110px, 3fr)',
      cell: ({ destination }) => <ReferenceText reference={destination} />,
    },
    {
      id: 'phase',
      title: t('transfers.phase'),
      width: '104px',
      cell: ({ phase, isDirect }) => (
        <span title={isDirect === true ? t('transfers.direct') : undefined}>
          {t(`transfers.phases.${phase}`)}
          {isDirect === true ? ' ⇢' : ''}
        </span>
      ),
    },
    {
      id: 'done',
      title: t('transfers.done'),
      width: 'minmax(70px, 1fr)',
      cell: (row) => (
        <Bar
          label={t('transfers.imageProgress', { reference: visibleText(row.destination) })}
          share={
            ended.includes(row.phase)
              ? 1
              : row.phase === 'resolving'
                ? undefined
                : (shareOf(row.bytesDone, row.bytesTotal) ?? 0)
          }
          tone={
            row.phase === 'failed'
              ? 'failed'
              : ended.includes(row.phase)
                ? 'done'
                : row.phase === 'held'
                  ? 'still'
                  : 'running'
          }
        />
      ),
    },
    {
      id: 'size',
      title: t('transfers.size'),
      width: '76px',
      isNumber: true,
      cell: ({ bytesTotal }) => (bytesTotal === undefined ? '' : bytesText(bytesTotal)),
    },
    {
      id: 'layers',
      title: t('transfers.layerCount'),
      width: '56px',
      isNumber: true,
      cell: ({ layersDone, layersTotal }) => (layersTotal === 0 ? '' : `${layersDone}/${layersTotal}`),
    },
  ];
}

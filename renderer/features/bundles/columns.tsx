import type { TFunction } from 'i18next';
import type { BundleRow } from '../../../electron/contract/bundles.ts';
import { bytesText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import type { Column } from '../../ui/grid-types.ts';
import { ReferenceText } from '../../ui/reference-text.tsx';

const dots = { unchecked: 'unknown', whole: 'same', damaged: 'failed' } as const;

/** The columns of the images in a file. */
export function bundleColumns(t: TFunction): readonly Column<BundleRow>[] {
  return [
    {
      id: 'image',
      title: t('bundles.image'),
      width: 'minmax(220px, 4fr)',
      cell: ({ name, isReferrer }) =>
        isReferrer ? (
          <span className="line">
            <span className="grow">
              <ReferenceText reference={name} />
            </span>
            <span className="platform">{t('bundles.referrer')}</span>
          </span>
        ) : (
          <ReferenceText reference={name} />
        ),
    },
    {
      id: 'digest',
      title: t('bundles.digest'),
      width: '118px',
      cell: ({ digest }) => (
        <span className="mono" title={visibleText(digest)}>
          {visibleText(digest.slice(digest.indexOf(':') + 1).slice(0, 12))}
        </span>
      ),
    },
    {
      id: 'platforms',
      title: t('bundles.platforms'),
      width: 'minmax(120px, 1.4fr)',
      cell: ({ platforms = [] }) =>
        platforms.map((platform) => (
          <span key={platform} className="platform" title={visibleText(platform)}>
            {visibleText(platform.replace(/^linux\//, ''), 40)}
          </span>
        )),
    },
    {
      id: 'size',
      title: t('bundles.size'),
      width: '86px',
      isNumber: true,
      cell: ({ sizeBytes }) => bytesText(sizeBytes),
    },
    {
      id: 'state',
      title: t('bundles.state'),
      width: '112px',
      cell: ({ state, failure }) => (
        <span title={failure === undefined ? '' : visibleText(failure.message)}>
          <span className={`dot dot-${dots[state]}`} />
          {t(`bundles.rowStates.${state}`)}
        </span>
      ),
    },
  ];
}

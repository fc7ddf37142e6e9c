import type { TFunction } from 'i18next';
import type { Language } from '../../../electron/contract/language.ts';
import type { PlannedImage } from '../../../electron/contract/models.ts';
import { saysAll } from '../../format/notice-text.ts';
import { failureText } from '../../format/error-text.ts';
import { bytesText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import type { Column } from '../../ui/grid-types.ts';
import { ReferenceText } from '../../ui/reference-text.tsx';

const dots = { copy: 'new', unchanged: 'same', skip: 'unknown', fail: 'failed' } as const;

/** The columns of a plan. */
export function planColumns(t: TFunction, language: Language): readonly Column<PlannedImage>[] {
  return [
    {
      id: 'source',
      title: t('plan.source'),
      width: 'minmax(180px, 3fr)',
      cell: ({ source }) => <ReferenceText reference={source} />,
    },
    {
      id: 'destination',
      title: t('plan.destination'),
      width: 'minmax(180px, 3fr)',
      cell: ({ destination }) => <ReferenceText reference={destination} />,
    },
    {
      id: 'action',
      title: t('plan.action'),
      width: '108px',
      cell: ({ action }) => (
        <>
          <span className={`dot dot-${dots[action]}`} />
          {t(`plan.actions.${action}`)}
        </>
      ),
    },
    {
      id: 'send',
      title: t('plan.send'),
      width: '82px',
      isNumber: true,
      cell: ({ action, bytes }) => (action === 'copy' ? bytesText(bytes.toSend) : ''),
    },
    {
      id: 'there',
      title: t('plan.there'),
      width: '82px',
      isNumber: true,
      cell: ({ bytes }) => bytesText(bytes.present + bytes.toMount),
    },
    {
      id: 'remark',
      title: t('plan.remark'),
      width: 'minmax(120px, 2fr)',
      cell: ({ failure, notices }) => (
        <span title={visibleText(failure?.message ?? notices.map(({ text }) => text).join('; '))}>
          {failure === undefined
            ? notices
                .map(({ kind, text }) => (saysAll(kind, language) ? visibleText(text) : t(`notice.${kind}`)))
                .join('; ')
            : failureText(failure, language).cause}
        </span>
      ),
    },
  ];
}

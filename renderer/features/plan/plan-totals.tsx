import { useTranslation } from 'react-i18next';
import type { SnapshotOf } from '../../../electron/contract/feeds.ts';
import { bytesText, countText } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';

/** The sums of a plan. */
export function PlanTotals(props: { readonly totals: SnapshotOf<'plan'>['totals'] }) {
  const { totals } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const tiles: readonly (readonly [string, string, string?])[] = [
    [t('plan.toCopy'), countText(totals.toCopy, language)],
    [t('plan.unchanged'), countText(totals.unchanged, language)],
    [t('plan.failing'), countText(totals.failing, language), totals.failing > 0 ? 'tone-bad' : ''],
    [t('plan.toSend'), bytesText(totals.bytesToSend)],
    [t('plan.cached'), bytesText(totals.bytesCached)],
    [t('plan.present'), bytesText(totals.bytesPresent)],
    [t('plan.mounted'), bytesText(totals.bytesToMount)],
    [t('plan.disk'), totals.isDirect ? bytesText(0) : bytesText(totals.diskNeeded)],
  ];
  return (
    <div>
      <dl className="tiles">
        {tiles.map(([name, value, tone]) => (
          <div key={name} className="tile">
            <dt>{name}</dt>
            <dd className={tone}>{value}</dd>
          </div>
        ))}
      </dl>
      {totals.isDirect ? <p className="plain quiet">{t('plan.direct')}</p> : null}
    </div>
  );
}

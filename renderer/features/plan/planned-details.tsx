import { useTranslation } from 'react-i18next';
import type { PlannedImage } from '../../../electron/contract/models.ts';
import { visibleText } from '../../format/visible.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { NoticeList } from '../../ui/notices.tsx';

/** What is foreseen for the chosen image of a plan, with its remedy. */
export function PlannedDetails(props: { readonly image: PlannedImage | undefined }) {
  const { image } = props;
  const { t } = useTranslation();
  if (image === undefined) return <p className="plain quiet plan-details">{t('plan.chooseRow')}</p>;
  return (
    <section className="plan-details lines tight" aria-label={t('plan.details')}>
      {image.failure === undefined ? null : <FailureBox failure={image.failure} />}
      <NoticeList notices={image.notices} />
      {image.failure === undefined && image.notices.length === 0 ? (
        <span className="quiet wrap">
          {visibleText(image.source)} → {visibleText(image.destination)}
        </span>
      ) : null}
    </section>
  );
}

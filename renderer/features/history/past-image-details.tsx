import { useTranslation } from 'react-i18next';
import type { PastImage } from '../../../electron/contract/past-jobs.ts';
import { bytesText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { NoticeList } from '../../ui/notices.tsx';

/** What is kept of one image: why it failed, remarks, and what was done for each layer. */
export function PastImageDetails(props: { readonly image: PastImage }) {
  const { image } = props;
  const { t } = useTranslation();
  return (
    <section
      className="past-image lines"
      tabIndex={0}
      aria-label={t('history.layersOf', { reference: visibleText(image.destination) })}
    >
      {image.failure === undefined ? null : <FailureBox failure={image.failure} />}
      <NoticeList notices={image.notices} />
      <h3 className="cut">{t('history.layersOf', { reference: visibleText(image.destination) })}</h3>
      <ul className="past-layers">
        {image.layers.map(({ digest, size, how }, index) => (
          <li key={`${index} ${digest}`} className="line">
            <span className="mono grow cut">{visibleText(digest)}</span>
            <span className="grid-number">{bytesText(size)}</span>
            <span className={`past-how${how === 'failed' ? ' tone-bad' : ''}`}>{t(`history.how.${how}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

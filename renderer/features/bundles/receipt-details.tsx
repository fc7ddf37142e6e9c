import { useTranslation } from 'react-i18next';
import type { ReceiptRow } from '../../../electron/contract/bundles.ts';
import { momentText } from '../../format/dates.ts';
import { bytesText, countText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { useDeed } from '../../state/client.tsx';
import { Bar } from '../../ui/bar.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { StopIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';

/** A list of what a site holds, in the making or made. */
export function ReceiptDetails(props: { readonly receipt: ReceiptRow }) {
  const { receipt } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const stop = useDeed('receipts.stop');
  const facts: readonly (readonly [string, string])[] = [
    [t('receipts.place'), visibleText(receipt.place, 300)],
    [t('receipts.tags'), countText(receipt.tags, language)],
    [t('receipts.digests'), countText(receipt.digests, language)],
    ...(receipt.repositories === undefined
      ? []
      : [[t('receipts.repositories'), countText(receipt.repositories, language)] as const]),
    ...(receipt.sizeBytes === undefined ? [] : [[t('receipts.size'), bytesText(receipt.sizeBytes)] as const]),
  ];
  return (
    <div className="details">
      <div className="details-head line">
        <h2 className="cut grow" title={visibleText(receipt.name, 255)}>
          {visibleText(receipt.name, 255)}
        </h2>
        {receipt.state === 'walking' ? (
          <Button icon={<StopIcon />} onClick={() => stop.mutate({ receipt: receipt.receipt })}>
            {t('receipts.stop')}
          </Button>
        ) : null}
      </div>
      <div className="details-body scrolls" tabIndex={0} role="region" aria-label={visibleText(receipt.name, 255)}>
        {receipt.state === 'walking' ? <Bar label={t('receipts.states.walking')} share={undefined} /> : null}
        {receipt.failure === undefined ? null : <FailureBox failure={receipt.failure} />}
        <p className="plain quiet">
          {t(`receipts.states.${receipt.state}`)} · {momentText(receipt.at)}
        </p>
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {receipt.state === 'written' ? <p className="plain">{t('receipts.useIt')}</p> : null}
        {receipt.unread.length === 0 ? null : (
          <section className="lines tight" aria-label={t('receipts.unread')}>
            <h3>{t('receipts.unread')}</h3>
            <ul className="steps">
              {receipt.unread.map(({ name, why }) => (
                <li key={name} className="wrap">
                  <strong>{visibleText(name, 300)}</strong> <span className="quiet">{visibleText(why, 600)}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  );
}

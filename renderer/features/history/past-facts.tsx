import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../../electron/contract/commands.ts';
import { momentText } from '../../format/dates.ts';
import { bytesText, durationText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';

/** How a past job was done, and its sums. */
export function PastFacts(props: { readonly head: OutputOf<'history.job'> }) {
  const { head } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const facts: readonly (readonly [string, string])[] = [
    [t('history.title'), head.title],
    [t('history.started'), momentText(head.startedAt)],
    [t('history.took'), durationText(head.seconds, language)],
    [t('history.attempts'), String(head.attempts)],
    [t('history.account'), head.account],
    [t('history.received'), bytesText(head.bytes.received)],
    [t('history.sent'), bytesText(head.bytes.sent)],
    [t('history.reused'), bytesText(head.bytes.reused)],
    ...Object.entries(head.options),
  ];
  return (
    <div className="past-facts" tabIndex={0} role="region" aria-label={t('history.options')}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{visibleText(name)}</dt>
            <dd>{visibleText(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

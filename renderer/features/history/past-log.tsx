import { useTranslation } from 'react-i18next';
import { timeText } from '../../format/dates.ts';
import { visibleText } from '../../format/visible.ts';
import { failureOf } from '../../state/client.tsx';
import { usePastLog } from '../../state/use-history.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { Button } from '../../ui/kit.ts';

const tones = { debug: 'tone-quiet', info: '', warn: 'tone-warn', error: 'tone-bad' } as const;

/** The log of a past job. */
export function PastLog(props: { readonly job: number }) {
  const { t } = useTranslation();
  const { lines, hasMore, more, isPending, error } = usePastLog(props.job);
  if (error !== null) return <FailureBox failure={failureOf(error)} />;
  return (
    <div className="log mono" role="log" tabIndex={0} aria-label={t('history.logOf')}>
      {isPending ? t('common.loading') : null}
      {lines.map(({ at, level, text }, index) => (
        <div key={index} className="log-line">
          <span className="quiet">{timeText(at)}</span>
          <span className={tones[level]}>{t(`history.level.${level}`)}</span>
          <span className="wrap">{visibleText(text, 4000)}</span>
        </div>
      ))}
      {hasMore ? (
        <Button size="small" onClick={() => void more()}>
          {t('history.more')}
        </Button>
      ) : null}
    </div>
  );
}

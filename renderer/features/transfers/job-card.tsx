import { useTranslation } from 'react-i18next';
import type { JobTotals } from '../../../electron/contract/feeds.ts';
import { timeText } from '../../format/dates.ts';
import { bytesText, clockText, countText, rateText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { Bar } from '../../ui/bar.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { CloseIcon, HoldIcon, ResumeIcon, RetryIcon } from '../../ui/icons.ts';
import { endedImages, isMoving, isOpen, jobShare } from './jobs.ts';

/** One job of the queue: where it stands, how fast it is, and what can be done with it. */
export function JobCard(props: {
  readonly job: JobTotals;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onControl: (action: 'hold' | 'resume' | 'cancel' | 'retry', failedOnly: boolean) => void;
}) {
  const { job, isChosen, onChoose, onControl } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const title = visibleText(job.title, 200);
  const { failed } = job.images;
  const speed = Math.max(job.rate.sentPerSecond, job.rate.receivedPerSecond);
  const tone =
    failed > 0 && !isOpen(job.state)
      ? 'failed'
      : isMoving(job.state)
        ? 'running'
        : job.state === 'finished'
          ? 'done'
          : 'still';
  return (
    <div className={`job-row${isChosen ? ' is-chosen' : ''}${isOpen(job.state) ? '' : ' is-ended'}`}>
      <button type="button" className="job" aria-pressed={isChosen} onClick={onChoose}>
        <span className="job-title cut" title={title}>
          {title}
        </span>
        <span className="job-facts">
          <span className={isMoving(job.state) ? 'tone-run' : ''}>{t(`transfers.state.${job.state}`)}</span>
          <span>
            {t('transfers.count', {
              done: countText(endedImages(job), language),
              total: countText(job.images.total, language),
            })}
          </span>
          {failed > 0 ? <span className="tone-bad">{t('transfers.failures', { count: failed })}</span> : null}
        </span>
      </button>
      <span className="job-buttons">
        {isMoving(job.state) && job.command !== 'export' ? (
          <IconButton label={t('transfers.hold')} icon={<HoldIcon />} onClick={() => onControl('hold', false)} />
        ) : null}
        {job.state === 'held' || job.state === 'interrupted' ? (
          <IconButton label={t('transfers.resume')} icon={<ResumeIcon />} onClick={() => onControl('resume', false)} />
        ) : null}
        {failed > 0 ? (
          <IconButton
            label={t('transfers.retryFailed')}
            icon={<RetryIcon />}
            onClick={() => onControl('retry', true)}
          />
        ) : null}
        {isOpen(job.state) ? (
          <IconButton label={t('transfers.cancel')} icon={<CloseIcon />} onClick={() => onControl('cancel', false)} />
        ) : null}
      </span>
      <div className="job-bar">
        <Bar label={t('transfers.jobProgress', { title })} share={jobShare(job)} tone={tone} />
      </div>
      {isOpen(job.state) ? (
        <span className="job-rate quiet">
          <span>
            {job.progress.bytesTotal === undefined
              ? bytesText(job.progress.bytesDone)
              : t('transfers.progress', {
                  done: bytesText(job.progress.bytesDone),
                  total: bytesText(job.progress.bytesTotal),
                })}
          </span>
          {isMoving(job.state) ? <span>{rateText(speed)}</span> : null}
          {job.etaSeconds === undefined ? null : <span>{t('transfers.eta', { time: clockText(job.etaSeconds) })}</span>}
        </span>
      ) : null}
      {job.waiting?.map(({ host, untilMs, why }) => (
        <span key={host} className="job-wait tone-warn" role="status">
          {t(why === 'gone' ? 'transfers.waitingGone' : 'transfers.waitingFor', {
            host: visibleText(host),
            time: timeText(untilMs),
          })}
        </span>
      ))}
    </div>
  );
}

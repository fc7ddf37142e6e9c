import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JobTotals } from '../../../electron/contract/feeds.ts';
import { visibleText } from '../../format/visible.ts';
import { useDeed } from '../../state/client.tsx';
import { Question } from '../../ui/dialogs.tsx';
import { JobCard } from './job-card.tsx';

/** The queue: one card a job. */
export function JobList(props: {
  readonly jobs: readonly JobTotals[];
  readonly chosen: number | undefined;
  readonly onChoose: (job: number) => void;
}) {
  const { jobs, chosen, onChoose } = props;
  const { t } = useTranslation();
  const control = useDeed('jobs.control', ['history.list']);
  const [cancelling, setCancelling] = useState<JobTotals>();
  const step = (event: KeyboardEvent<HTMLElement>): void => {
    const cards = [...event.currentTarget.querySelectorAll<HTMLElement>('.job')];
    const at = cards.findIndex((card) => card === event.target);
    if (at < 0 || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    event.preventDefault();
    cards[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
  };
  return (
    <div className="job-list" role="region" aria-label={t('transfers.jobs')} tabIndex={0} onKeyDown={step}>
      {jobs.map((job) => (
        <JobCard
          key={job.job}
          job={job}
          isChosen={job.job === chosen}
          onChoose={() => onChoose(job.job)}
          onControl={(action, failedOnly) =>
            action === 'cancel'
              ? setCancelling(job)
              : control.mutate({ job: job.job, action, ...(failedOnly ? { failedOnly } : {}) })
          }
        />
      ))}
      {cancelling === undefined ? null : (
        <Question
          title={t('transfers.cancelTitle')}
          text={t('transfers.cancelText', { title: visibleText(cancelling.title, 120) })}
          answer={t('transfers.cancelAnswer')}
          onAnswer={() => {
            control.mutate({ job: cancelling.job, action: 'cancel' });
            setCancelling(undefined);
          }}
          onClose={() => setCancelling(undefined)}
        />
      )}
    </div>
  );
}

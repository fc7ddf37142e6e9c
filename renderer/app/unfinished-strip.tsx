import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../format/visible.ts';
import { failureOf, useAnswer, useDeed } from '../state/client.tsx';
import { useWorkspace } from '../state/workspace.ts';
import { FailureBox } from '../ui/failure.tsx';
import { HistoryIcon } from '../ui/icons.ts';
import { Button } from '../ui/kit.ts';

/** Asks whether jobs that an earlier run left are to go on. */
export function UnfinishedStrip() {
  const { t } = useTranslation();
  const unfinished = useAnswer('jobs.unfinished', {});
  const adopt = useDeed('jobs.adopt', ['jobs.unfinished']);
  const discard = useDeed('jobs.discard', ['jobs.unfinished', 'history.list']);
  const goTo = useWorkspace((workspace) => workspace.goTo);
  const [isLater, setLater] = useState(false);
  const jobs = unfinished.data ?? [];
  const [first] = jobs;
  if (isLater || first === undefined) return null;
  const { images } = first;
  const done = images.copied + images.unchanged + images.skipped;
  const wrong = adopt.error ?? discard.error;
  // one question after the other; the first no ends it
  const discardAll = async (): Promise<void> => {
    for (const { job } of jobs) await discard.mutateAsync({ job });
  };
  return (
    <section className="strip" aria-label={t('unfinished.question', { count: jobs.length })}>
      <HistoryIcon aria-hidden="true" />
      <strong>{t('unfinished.question', { count: jobs.length })}</strong>
      <span className="quiet cut grow">
        {t('unfinished.images', { done, total: images.total, title: visibleText(first.title, 80) })}
      </span>
      {wrong === null ? null : <FailureBox failure={failureOf(wrong)} />}
      <Button
        size="small"
        appearance="primary"
        disabled={adopt.isPending}
        onClick={() => {
          for (const { job } of jobs) adopt.mutate({ job });
          goTo('transfers');
        }}
      >
        {jobs.length === 1 ? t('unfinished.resume') : t('unfinished.resumeAll')}
      </Button>
      <Button size="small" onClick={() => setLater(true)}>
        {t('unfinished.later')}
      </Button>
      <Button
        size="small"
        appearance="subtle"
        disabled={discard.isPending}
        onClick={() => void discardAll().catch(() => {})}
      >
        {jobs.length === 1 ? t('unfinished.discard') : t('unfinished.discardAll')}
      </Button>
    </section>
  );
}

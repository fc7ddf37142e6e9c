import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JobImage, JobTotals } from '../../../electron/contract/feeds.ts';
import { countText } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { useDeed } from '../../state/client.tsx';
import { useRowWindow } from '../../state/use-row-window.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { Grid } from '../../ui/grid.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { CloseIcon, HoldIcon, ResumeIcon, RetryIcon } from '../../ui/icons.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { jobImageColumns } from './columns.tsx';
import { isOpen } from './jobs.ts';

type Show = 'all' | 'running' | 'failed';

/** The images of a job, running first; the chosen one can be held, resumed, cancelled and tried again by itself. */
export function JobImages(props: {
  readonly job: JobTotals;
  /** Whether an image opens as soon as the keyboard is on it; else with Enter. */
  readonly followsKeys: boolean;
  readonly onImage: (index: number) => void;
}) {
  const { job, followsKeys, onImage } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const [show, setShow] = useState<Show>('all');
  const [chosen, setChosen] = useState<number>();
  const scopeAt = useCallback(
    (from: number, most: number) => ({ job: job.job, from, most, ...(show === 'all' ? {} : { show }) }),
    [job.job, show],
  );
  const { snapshot, offset, failure, onVisible } = useRowWindow('job', scopeAt);
  const control = useDeed('jobs.control');
  const columns = useMemo(() => jobImageColumns(t), [t]);
  const keyOf = useCallback(({ index }: JobImage) => String(index), []);
  const selection = useMemo(() => {
    const key = chosen === undefined ? undefined : String(chosen);
    return { keys: new Set(key === undefined ? [] : [key]), ...(key === undefined ? {} : { focus: key }) };
  }, [chosen]);
  const choose = (at: number): void => {
    const row = snapshot?.rows[at - offset];
    if (row === undefined) return;
    setChosen(row.index);
    onImage(row.index);
  };
  const mark = (at: number): void => setChosen(snapshot?.rows[at - offset]?.index);
  const row = snapshot?.rows.find(({ index }) => index === chosen);
  const act = (action: 'hold' | 'resume' | 'cancel' | 'retry') => (): void => {
    if (row !== undefined) control.mutate({ job: job.job, action, images: [row.index] });
  };
  const isMovable = row !== undefined && ['queued', 'resolving', 'copying', 'publishing'].includes(row.phase);
  return (
    <div className="job-images">
      <div className="line job-images-head">
        <Tabs
          label={t('transfers.show')}
          value={show}
          tabs={[
            { value: 'all', text: t('transfers.showAll', { n: countText(job.images.total, language) }) },
            { value: 'running', text: t('transfers.showRunning') },
            { value: 'failed', text: t('transfers.showFailed', { n: countText(job.images.failed, language) }) },
          ]}
          onChange={setShow}
        />
        <span className="grow" />
        <IconButton label={t('transfers.hold')} icon={<HoldIcon />} isOff={!isMovable} onClick={act('hold')} />
        <IconButton
          label={t('transfers.resume')}
          icon={<ResumeIcon />}
          isOff={row?.phase !== 'held'}
          onClick={act('resume')}
        />
        <IconButton
          label={t('transfers.retry')}
          icon={<RetryIcon />}
          isOff={row?.phase !== 'failed'}
          onClick={act('retry')}
        />
        <IconButton
          label={t('transfers.cancel')}
          icon={<CloseIcon />}
          isOff={!isOpen(job.state) || (!isMovable && row?.phase !== 'held')}
          onClick={act('cancel')}
        />
      </div>
      {failure === undefined ? null : <FailureBox failure={failure} />}
      <div className="job-images-grid">
        <Grid
          name="job-images"
          label={t('transfers.images')}
          rows={snapshot?.rows ?? []}
          total={snapshot?.total ?? 0}
          offset={offset}
          keyOf={keyOf}
          columns={columns}
          selection={selection}
          actions={{ click: choose, move: followsKeys ? choose : mark, open: choose }}
          toneOf={({ phase }) =>
            phase === 'failed'
              ? 'failed'
              : ['copied', 'unchanged', 'skipped', 'cancelled'].includes(phase)
                ? 'quiet'
                : undefined
          }
          onVisible={onVisible}
          empty={snapshot === undefined ? t('common.loading') : t('transfers.noneShown')}
        />
      </div>
      {row?.failure === undefined ? null : (
        <section className="job-failure" aria-label={t('transfers.failureOf')}>
          <FailureBox failure={row.failure} />
        </section>
      )}
    </div>
  );
}

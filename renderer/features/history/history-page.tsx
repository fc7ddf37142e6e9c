import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JobHead } from '../../../electron/contract/jobs.ts';
import { momentText } from '../../format/dates.ts';
import { bytesText, durationText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf } from '../../state/client.tsx';
import { useHistory } from '../../state/use-history.ts';
import { useSettled } from '../../state/use-settled.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { Grid } from '../../ui/grid.tsx';
import type { Column } from '../../ui/grid-types.ts';
import { SearchIcon } from '../../ui/icons.ts';
import { Checkbox, Input } from '../../ui/kit.ts';
import { Splitter } from '../../ui/splitter.tsx';
import { PastJob } from './past-job.tsx';

/** What ran: found by words, opened to images, layers and log. */
export function HistoryPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const [search, setSearch] = useState('');
  const [failedOnly, setFailedOnly] = useState(false);
  const asked = useSettled(search.trim(), 250);
  const history = useHistory(asked, failedOnly);
  const { job: chosen, openJob } = useWorkspace();
  const { jobs } = history;
  const columns = useMemo<readonly Column<JobHead>[]>(
    () => [
      { id: 'started', title: t('history.started'), width: '124px', cell: ({ startedAt }) => momentText(startedAt) },
      {
        id: 'title',
        title: t('history.title'),
        width: 'minmax(180px, 3fr)',
        cell: ({ title }) => <span title={visibleText(title)}>{visibleText(title)}</span>,
      },
      {
        id: 'state',
        title: t('history.state'),
        width: '150px',
        cell: ({ state, images }) => (
          <>
            <span className={`dot dot-${images.failed > 0 ? 'failed' : state === 'finished' ? 'good' : 'unknown'}`} />
            {t(`transfers.state.${state}`)}
          </>
        ),
      },
      {
        id: 'counts',
        title: t('history.counts'),
        width: '140px',
        isNumber: true,
        cell: ({ images }) => `${images.copied} / ${images.failed} / ${images.total}`,
      },
      {
        id: 'sent',
        title: t('history.sent'),
        width: '80px',
        isNumber: true,
        cell: ({ bytes }) => bytesText(bytes.sent),
      },
      {
        id: 'took',
        title: t('history.took'),
        width: '92px',
        isNumber: true,
        cell: ({ seconds }) => durationText(seconds, language),
      },
      {
        id: 'account',
        title: t('history.account'),
        width: 'minmax(70px, 1fr)',
        cell: ({ account }) => visibleText(account),
      },
    ],
    [t, language],
  );
  const at = jobs.findIndex(({ job }) => job === chosen);
  const key = at < 0 ? undefined : String(chosen);
  const choose = (index: number): void => openJob(jobs[index]?.job);
  return (
    <div className="page">
      <div className="bar-line line">
        <Input
          className="history-search"
          type="search"
          contentBefore={<SearchIcon />}
          placeholder={t('history.search')}
          aria-label={t('history.search')}
          value={search}
          onChange={(_, { value }) => setSearch(value)}
        />
        <Checkbox
          checked={failedOnly}
          label={t('history.failedOnly')}
          onChange={(_, { checked }) => setFailedOnly(checked === true)}
        />
      </div>
      {history.error === null ? null : <FailureBox failure={failureOf(history.error)} />}
      <div className="page-grid">
        <Splitter name="history" direction="rows" label={t('history.jobs')} initial={360} least={120} most={640}>
          <Grid
            name="history"
            label={t('history.jobs')}
            rows={jobs}
            keyOf={keyOfJob}
            columns={columns}
            selection={{ keys: new Set(key === undefined ? [] : [key]), ...(key === undefined ? {} : { focus: key }) }}
            actions={{ click: choose, move: choose }}
            onVisible={(_, last) => {
              if (last >= jobs.length - 10) history.more();
            }}
            empty={
              history.isPending
                ? t('common.loading')
                : t(asked === '' && !failedOnly ? 'history.none' : 'history.noMatch')
            }
          />
          {at < 0 || chosen === undefined ? (
            <div className="nothing quiet">{t('history.choose')}</div>
          ) : (
            <PastJob key={chosen} job={chosen} />
          )}
        </Splitter>
      </div>
    </div>
  );
}

function keyOfJob({ job }: JobHead): string {
  return String(job);
}

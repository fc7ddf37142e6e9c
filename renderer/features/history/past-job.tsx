import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useAnswer, useClient, useDeed } from '../../state/client.tsx';
import { useWorkspace } from '../../state/workspace.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { ResumeIcon, RetryIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import { ActionMenu } from '../../ui/menu.tsx';
import { saveText } from '../../ui/save-text.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { PastFacts } from './past-facts.tsx';
import { PastImages } from './past-images.tsx';
import { PastLog } from './past-log.tsx';

type View = 'images' | 'failed' | 'log' | 'options';

/** One past job in full. */
export function PastJob(props: { readonly job: number }) {
  const { job } = props;
  const { t } = useTranslation();
  const client = useClient();
  const [view, setView] = useState<View>('images');
  const [trouble, setTrouble] = useState<unknown>();
  const head = useAnswer('history.job', { job });
  const again = useDeed('history.again', ['history.list']);
  const { goTo, openJob } = useWorkspace();
  const run = (failedOnly: boolean): void =>
    again.mutate(
      { job, failedOnly },
      {
        onSuccess: (started) => {
          openJob(started.job);
          goTo('transfers');
        },
      },
    );
  const exportAs = async (format: 'json' | 'csv' | 'html'): Promise<void> => {
    try {
      const { name, text } = await client.call('history.export', { job, format });
      saveText(name, text);
      setTrouble(undefined);
    } catch (thrown) {
      setTrouble(thrown);
    }
  };
  const failed = head.data?.images.failed ?? 0;
  const wrong = trouble ?? again.error ?? head.error;
  return (
    <section className="past" aria-label={visibleText(head.data?.title ?? t('history.title'))}>
      <div className="bar-line line">
        <Tabs
          label={t('history.title')}
          value={view}
          tabs={[
            { value: 'images', text: t('history.images') },
            { value: 'failed', text: t('transfers.failed', { n: failed }), isOff: failed === 0 },
            { value: 'log', text: t('history.log') },
            { value: 'options', text: t('history.options') },
          ]}
          onChange={setView}
        />
        <span className="grow" />
        <Button size="small" icon={<RetryIcon />} disabled={failed === 0 || again.isPending} onClick={() => run(true)}>
          {t('history.retryFailed')}
        </Button>
        <Button size="small" icon={<ResumeIcon />} disabled={again.isPending} onClick={() => run(false)}>
          {t('history.again')}
        </Button>
        <ActionMenu
          label={t('history.export')}
          text={t('history.export')}
          actions={(['csv', 'json', 'html'] as const).map((format) => ({
            text: format.toUpperCase(),
            act: () => void exportAs(format),
          }))}
        />
      </div>
      {wrong === undefined || wrong === null ? null : <FailureBox failure={failureOf(wrong)} />}
      <div className="past-body">
        {view === 'images' || view === 'failed' ? (
          <PastImages key={view} job={job} failedOnly={view === 'failed'} />
        ) : null}
        {view === 'log' ? <PastLog job={job} /> : null}
        {view === 'options' && head.data !== undefined ? <PastFacts head={head.data} /> : null}
      </div>
    </section>
  );
}

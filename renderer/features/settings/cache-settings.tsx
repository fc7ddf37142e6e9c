import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bytesText, countText, shareOf } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf, useAnswer, useDeed, useFeed, useRefresh } from '../../state/client.tsx';
import { Bar } from '../../ui/bar.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { Button } from '../../ui/kit.ts';
import { NumberField } from './number-field.tsx';
import { Section, type SettingsProps } from './section.tsx';

const gibibyte = 1024 ** 3;

/** How much of the disk the cache may take, what it holds, and its upkeep. */
export function CacheSettings({ settings, change }: SettingsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const status = useAnswer('cache.status', {});
  const verify = useDeed('cache.verify');
  const tasks = useFeed('tasks', {});
  const refresh = useRefresh();
  const [isTrimming, setTrimming] = useState(false);
  const task = tasks.snapshot?.tasks.findLast(({ kind }) => kind === 'cache-verify');
  const isRunning = task?.state === 'running';
  useEffect(() => {
    if (task?.state === 'finished') refresh('cache.status');
  }, [task?.state, refresh]);
  const { data } = status;
  const wrong = status.error ?? verify.error;
  const failure = task?.failure ?? (wrong === null ? undefined : failureOf(wrong));
  return (
    <Section title={t('settings.cache')}>
      <NumberField
        label={t('settings.cacheBudget')}
        value={Math.round(settings.cacheBudgetBytes / gibibyte)}
        least={0}
        most={1_000_000}
        onValue={(value) => (value === undefined ? undefined : change({ cacheBudgetBytes: value * gibibyte }))}
      />
      <div className="section-wide lines tight">
        {data === undefined ? null : (
          <>
            <Bar label={t('settings.cache')} share={shareOf(data.bytes, data.budgetBytes)} tone="still" />
            <span>
              {t('settings.cacheUse', {
                bytes: bytesText(data.bytes),
                blobs: countText(data.blobs, language),
                free: bytesText(data.freeBytes),
              })}
            </span>
            {data.unfinishedBytes === 0 ? null : (
              <span className="quiet">{t('settings.cacheUnfinished', { bytes: bytesText(data.unfinishedBytes) })}</span>
            )}
            {data.quarantined === 0 ? null : (
              <span className="tone-warn">{t('settings.cacheQuarantined', { n: data.quarantined })}</span>
            )}
            <span className="quiet wrap">
              {t('settings.cacheFolder')}: {visibleText(data.folder)}
            </span>
          </>
        )}
        {isRunning ? <Bar label={t('settings.verifying')} share={shareOf(task.done, task.total)} /> : null}
        {task?.state === 'finished' ? (
          <span role="status">{t('settings.verified', { problems: task.problems })}</span>
        ) : null}
        {failure === undefined ? null : <FailureBox failure={failure} />}
      </div>
      <div className="section-wide line">
        <Button onClick={() => setTrimming(true)}>{t('settings.trim')}</Button>
        <Button disabled={isRunning} onClick={() => verify.mutate({})}>
          {isRunning ? t('settings.verifying') : t('settings.verify')}
        </Button>
      </div>
      {isTrimming ? <TrimSheet onClose={() => setTrimming(false)} /> : null}
    </Section>
  );
}

function TrimSheet(props: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const trim = useDeed('cache.trim', ['cache.status']);
  const [to, setTo] = useState(0);
  return (
    <Sheet
      title={t('settings.trimTitle')}
      size="small"
      onClose={props.onClose}
      actions={
        <>
          <Button
            appearance="primary"
            disabled={trim.isPending}
            onClick={() => trim.mutate({ toBytes: to * gibibyte }, { onSuccess: props.onClose })}
          >
            {t('settings.trimTitle')}
          </Button>
          <Button onClick={props.onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <div className="lines">
        <p className="plain quiet">{t('settings.trimText')}</p>
        <NumberField
          label={t('settings.trimTo')}
          value={to}
          least={0}
          most={1_000_000}
          onValue={(value) => setTo(value ?? 0)}
        />
        {trim.error === null ? null : <FailureBox failure={failureOf(trim.error)} />}
      </div>
    </Sheet>
  );
}

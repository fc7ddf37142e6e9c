import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CopyOrderOptions } from '../../../electron/contract/plans.ts';
import type { PlannedImage } from '../../../electron/contract/models.ts';
import { countText } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf, useClient, useDeed } from '../../state/client.tsx';
import { clickRow, moveTo, nothingSelected, type Selection } from '../../state/selection.ts';
import { useRowWindow } from '../../state/use-row-window.ts';
import { type OrderDraft, useWorkspace } from '../../state/workspace.ts';
import { Bar } from '../../ui/bar.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { FindingList } from '../../ui/findings.tsx';
import { Grid } from '../../ui/grid.tsx';
import { StartIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import { ActionMenu } from '../../ui/menu.tsx';
import { saveText } from '../../ui/save-text.ts';
import { planColumns } from './columns.tsx';
import { PlanOptions } from './plan-options.tsx';
import { PlanTotals } from './plan-totals.tsx';
import { PlannedDetails } from './planned-details.tsx';

const usualOptions: CopyOrderOptions = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  force: false,
  referrers: true,
};

/** What would be copied, before anything moves. */
export function PlanSheet(props: { readonly draft: OrderDraft }) {
  const { draft } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const client = useClient();
  const { plan: setDraft, goTo, openJob } = useWorkspace();
  const [options, setOptions] = useState(usualOptions);
  const make = useDeed('plans.make');
  const save = useDeed('plans.save');
  const start = useDeed('jobs.start', ['jobs.unfinished', 'history.list']);
  const { mutate: makePlan } = make;
  const order = useMemo(() => ({ ...draft, options }), [draft, options]);
  useEffect(() => makePlan({ order }), [makePlan, order]);
  const plan = make.data?.plan;
  useEffect(() => {
    // a plan that was started is gone already; nobody needs to hear of that
    if (plan !== undefined) return () => void client.call('plans.discard', { plan }).catch(() => {});
    return undefined;
  }, [client, plan]);

  const scopeAt = useMemo(
    () => (plan === undefined ? undefined : (from: number, most: number) => ({ plan, from, most })),
    [plan],
  );
  const { snapshot, offset, failure, onVisible } = useRowWindow('plan', scopeAt);
  const [selection, setSelection] = useState<Selection>(nothingSelected);
  const keyOf = useCallback((_: PlannedImage, index: number) => String(index), []);
  const total = snapshot?.totals.images ?? 0;
  const keys = useMemo(() => Array.from({ length: total }, (_, index) => String(index)), [total]);
  const columns = useMemo(() => planColumns(t, language), [t, language]);
  const chosen = selection.focus === undefined ? undefined : snapshot?.rows[Number(selection.focus) - offset];
  const isReady = snapshot?.state === 'ready';
  const failing = snapshot?.totals.failing ?? 0;
  const close = (): void => setDraft(undefined);
  const begin = (): void => {
    if (plan === undefined) return;
    start.mutate(
      { plan },
      {
        onSuccess: ({ job }) => {
          close();
          openJob(job);
          goTo('transfers');
        },
      },
    );
  };
  const keep = (format: 'yaml' | 'json'): void => {
    if (plan !== undefined) save.mutate({ plan, format }, { onSuccess: ({ name, text }) => saveText(name, text) });
  };
  const trouble = snapshot?.failure ?? failure ?? (make.error === null ? undefined : failureOf(make.error));
  return (
    <Sheet
      title={t('plan.title')}
      size="large"
      onClose={close}
      actions={
        <>
          {snapshot !== undefined && isReady && snapshot.totals.toCopy === 0 ? (
            <span className="quiet">{t('plan.nothing')}</span>
          ) : null}
          <Button appearance="primary" icon={<StartIcon />} disabled={!isReady || start.isPending} onClick={begin}>
            {failing > 0 ? t('plan.startAnyway', { n: countText(failing, language) }) : t('plan.start')}
          </Button>
          {'bundle' in draft ? null : (
            <ActionMenu
              label={t('plan.saveHint')}
              text={t('plan.save')}
              actions={(['yaml', 'json'] as const).map((format) => ({
                text: format.toUpperCase(),
                act: () => keep(format),
              }))}
            />
          )}
          <Button onClick={close}>{t('common.cancel')}</Button>
        </>
      }
    >
      <PlanOptions options={options} onChange={setOptions} />
      {snapshot === undefined ? null : <PlanTotals totals={snapshot.totals} />}
      {isReady || trouble !== undefined ? null : (
        <div className="line plan-progress" aria-live="polite">
          <span>
            {t('plan.planning', {
              done: countText(snapshot?.done ?? 0, language),
              total: countText(snapshot?.total ?? 0, language),
            })}
          </span>
          <div className="grow">
            <Bar
              label={t('plan.title')}
              share={snapshot === undefined || snapshot.total === 0 ? undefined : snapshot.done / snapshot.total}
            />
          </div>
        </div>
      )}
      {trouble === undefined ? null : <FailureBox failure={trouble} />}
      {start.error === null ? null : <FailureBox failure={failureOf(start.error)} />}
      {save.error === null ? null : <FailureBox failure={failureOf(save.error)} />}
      {snapshot === undefined ? null : <FindingList findings={snapshot.findings} />}
      <div className="plan-grid">
        <Grid
          name="plan"
          label={t('plan.images')}
          rows={snapshot?.rows ?? []}
          total={total}
          offset={offset}
          keyOf={keyOf}
          columns={columns}
          selection={selection}
          actions={{
            click: (index) => setSelection((now) => clickRow(now, keys, index, { ctrl: false, shift: false })),
            move: (index) => setSelection((now) => moveTo(now, keys, index, { ctrl: false, shift: false })),
          }}
          toneOf={({ action }) => (action === 'fail' ? 'failed' : action === 'copy' ? undefined : 'quiet')}
          onVisible={onVisible}
        />
      </div>
      <PlannedDetails image={chosen} />
    </Sheet>
  );
}

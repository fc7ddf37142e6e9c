import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportOrder } from '../../../electron/contract/bundles.ts';
import { failureOf, useAnswer, useDeed } from '../../state/client.tsx';
import { countNamed, useCarrying } from '../../state/carrying.ts';
import { useSettled } from '../../state/use-settled.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { Choice } from '../../ui/choice.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { ExportIcon } from '../../ui/icons.ts';
import { Button, Checkbox, Field, Input } from '../../ui/kit.ts';
import { BaseField } from './base-field.tsx';
import { EstimateTiles } from './estimate-tiles.tsx';
import { isFolderFormat, isVolumeRight, orderOf, usualExport, usualName, withEnding } from './export-form.ts';
import { type TargetDraft, targetOf } from './target.ts';
import { TargetField } from './target-field.tsx';

const formats = ['bundle', 'oci-archive', 'docker-archive', 'oci', 'registry-storage'] as const;
const volumes = ['fat32', 'cloud', 'cloud2', 'disc', 'none', 'own'] as const;

/** Writes images into a file: how, where to, and what it comes to before anything moves. */
export function ExportSheet(props: { readonly images: ExportOrder['images'] }) {
  const { images } = props;
  const { t } = useTranslation();
  const { exportImages, choose } = useCarrying();
  const goTo = useWorkspace((workspace) => workspace.goTo);
  const start = useDeed('exports.start', ['history.list', 'jobs.unfinished']);
  const [form, setForm] = useState(usualExport);
  const [target, setTarget] = useState<TargetDraft>(() => ({ name: usualName('bundle', Date.now()) }));
  const change = (part: Partial<typeof form>): void => setForm((now) => ({ ...now, ...part }));
  const order = useMemo(() => orderOf(form, images), [form, images]);
  const settled = useSettled(order, 300);
  const isRight = isVolumeRight(form);
  const estimate = useAnswer('exports.estimate', isRight ? { order: settled } : undefined);
  const place = targetOf(target);
  const close = (): void => exportImages(undefined);
  const begin = (): void => {
    if (place === undefined) return;
    start.mutate(
      { order, target: place },
      {
        onSuccess: ({ job }) => {
          close();
          choose({ kind: 'export', job });
          goTo('bundles');
        },
      },
    );
  };
  const isBundle = form.format === 'bundle';
  return (
    <Sheet
      title={t('exports.title', { count: countNamed(images) })}
      size="large"
      onClose={close}
      actions={
        <>
          <Button
            appearance="primary"
            icon={<ExportIcon />}
            disabled={place === undefined || !isRight || estimate.error !== null || start.isPending}
            onClick={begin}
          >
            {t('exports.start')}
          </Button>
          <Button onClick={close}>{t('common.cancel')}</Button>
        </>
      }
    >
      <EstimateTiles
        estimate={estimate.data}
        isPending={isRight && estimate.isFetching}
        isFolder={isFolderFormat(form.format)}
      />
      {estimate.error === null ? null : <FailureBox failure={failureOf(estimate.error)} />}
      {start.error === null ? null : <FailureBox failure={failureOf(start.error)} />}
      <div className="export-columns">
        <div className="lines">
          <Choice
            label={t('exports.format')}
            value={form.format}
            options={formats.map((value) => ({ value, text: t(`exports.formats.${value}`) }))}
            onChange={(format) => {
              change({ format });
              setTarget((now) => (now.place?.kind === 'file' ? now : { ...now, name: withEnding(now.name, format) }));
            }}
          />
          {isBundle ? (
            <div className="pair">
              <Choice
                label={t('exports.volume')}
                value={form.volume}
                options={volumes.map((value) => ({ value, text: t(`exports.volumes.${value}`) }))}
                onChange={(volume) => change({ volume })}
              />
              {form.volume === 'own' ? (
                <Field
                  label={t('exports.ownVolume')}
                  {...(isRight ? {} : { validationMessage: t('exports.ownVolumeWrong') })}
                >
                  <Input
                    value={form.ownVolume}
                    inputMode="decimal"
                    onChange={(_, { value }) => change({ ownVolume: value })}
                  />
                </Field>
              ) : null}
            </div>
          ) : null}
          {isBundle ? <BaseField bases={form.bases} onChange={(bases) => change({ bases })} /> : null}
          {isFolderFormat(form.format) ? null : (
            <Checkbox
              checked={form.zstd}
              label={t('exports.zstd')}
              onChange={(_, { checked }) => change({ zstd: checked === true })}
            />
          )}
          <details>
            <summary>{t('exports.options')}</summary>
            <div className="lines gap-top">
              <Field label={t('plan.platforms')}>
                <Input
                  value={form.platforms}
                  placeholder={t('plan.platformsHint')}
                  spellCheck={false}
                  onChange={(_, { value }) => change({ platforms: value })}
                />
              </Field>
              <Choice
                label={t('plan.attestations')}
                value={form.attestations}
                options={[
                  { value: 'keep', text: t('plan.attestationsKeep') },
                  { value: 'drop', text: t('plan.attestationsDrop') },
                ]}
                onChange={(attestations) => change({ attestations })}
              />
              <Checkbox
                checked={form.referrers}
                label={t('plan.referrers')}
                onChange={(_, { checked }) => change({ referrers: checked === true })}
              />
            </div>
          </details>
        </div>
        <section className="lines tight" aria-label={t('exports.where')}>
          <h3>{t('exports.where')}</h3>
          <TargetField target={target} onChange={setTarget} />
        </section>
      </div>
    </Sheet>
  );
}

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CopyOrderOptions } from '../../../electron/contract/plans.ts';
import { Choice } from '../../ui/choice.tsx';
import { Checkbox, Field, Input } from '../../ui/kit.ts';

/** How images are to be copied; every change makes the plan anew. */
export function PlanOptions(props: {
  readonly options: CopyOrderOptions;
  readonly onChange: (options: CopyOrderOptions) => void;
}) {
  const { options, onChange } = props;
  const { t } = useTranslation();
  const [platforms, setPlatforms] = useState(options.platforms.join(', '));
  const change = (part: Partial<CopyOrderOptions>): void => onChange({ ...options, ...part });
  const takePlatforms = (): void => {
    const list = platforms.split(/[\s,，]+/).filter((platform) => platform !== '');
    if (list.join() !== options.platforms.join()) change({ platforms: list });
  };
  return (
    <details className="plan-options">
      <summary>{t('plan.options')}</summary>
      <div className="plan-fields">
        <Choice
          label={t('plan.onConflict')}
          value={options.onConflict}
          options={(['overwrite', 'skip', 'fail', 'backup'] as const).map((value) => ({
            value,
            text: t(`plan.conflict.${value}`),
          }))}
          onChange={(onConflict) => change({ onConflict })}
        />
        <Choice
          label={t('plan.attestations')}
          value={options.attestations}
          options={[
            { value: 'keep', text: t('plan.attestationsKeep') },
            { value: 'drop', text: t('plan.attestationsDrop') },
          ]}
          onChange={(attestations) => change({ attestations })}
        />
        <Field label={t('plan.platforms')}>
          <Input
            value={platforms}
            placeholder={t('plan.platformsHint')}
            spellCheck={false}
            onChange={(_, { value }) => setPlatforms(value)}
            onBlur={takePlatforms}
            onKeyDown={(event) => {
              if (event.key === 'Enter') takePlatforms();
            }}
          />
        </Field>
        <div>
          <Checkbox
            checked={options.referrers}
            label={t('plan.referrers')}
            onChange={(_, { checked }) => change({ referrers: checked === true })}
          />
          <Checkbox
            checked={options.force}
            label={t('plan.force')}
            onChange={(_, { checked }) => change({ force: checked === true })}
          />
        </div>
      </div>
    </details>
  );
}

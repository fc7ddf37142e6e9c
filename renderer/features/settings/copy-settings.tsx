import { useTranslation } from 'react-i18next';
import { NumberField } from './number-field.tsx';
import { Section, type SettingsProps } from './section.tsx';

const mebibyte = 1024 * 1024;

/** How much at a time, how fast, how patiently. */
export function CopySettings({ settings, change }: SettingsProps) {
  const { t } = useTranslation();
  const rate = settings.rateBytesPerSecond;
  return (
    <Section title={t('settings.copying')}>
      <NumberField
        label={t('settings.concurrency')}
        value={settings.concurrency}
        least={1}
        most={64}
        onValue={(concurrency) => (concurrency === undefined ? undefined : change({ concurrency }))}
      />
      <NumberField
        label={t('settings.rate')}
        hint={t('settings.rateHint')}
        value={rate === undefined ? undefined : Math.max(1, Math.round(rate / mebibyte))}
        least={1}
        most={100_000}
        canBeEmpty
        onValue={(value) => change({ rateBytesPerSecond: value === undefined ? null : value * mebibyte })}
      />
      <NumberField
        label={t('settings.retries')}
        value={settings.retries}
        least={0}
        most={100}
        onValue={(retries) => (retries === undefined ? undefined : change({ retries }))}
      />
      <NumberField
        label={t('settings.waitMinutes')}
        value={settings.waitMinutes}
        least={0}
        most={10_080}
        onValue={(waitMinutes) => (waitMinutes === undefined ? undefined : change({ waitMinutes }))}
      />
    </Section>
  );
}

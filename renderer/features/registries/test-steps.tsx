import { useTranslation } from 'react-i18next';
import type { RegistryTestStep } from '../../../electron/contract/registries.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { ErrorIcon, NotYetIcon, OkIcon, UnknownIcon } from '../../ui/icons.ts';

const icons = {
  ok: <OkIcon className="tone-good" aria-hidden="true" />,
  failed: <ErrorIcon className="tone-bad" aria-hidden="true" />,
  unknown: <UnknownIcon className="tone-warn" aria-hidden="true" />,
  skipped: <NotYetIcon className="tone-quiet" aria-hidden="true" />,
} as const;

/** What trying a registry showed, step by step. */
export function TestSteps(props: {
  readonly steps: readonly RegistryTestStep[];
  readonly version: string | undefined;
}) {
  const { steps, version } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <div className="lines">
      <ol className="steps" aria-live="polite">
        {steps.map(({ step, outcome, detail, zh, failure }) => (
          <li key={step} className="step">
            {icons[outcome]}
            <div className="grow">
              <div>
                <strong>{t(`registries.step.${step}`)}</strong>{' '}
                <span className="quiet">{t(`registries.outcome.${outcome}`)}</span>
              </div>
              {detail === '' || failure !== undefined ? null : (
                <div className="quiet wrap">{visibleText(language === 'zh-CN' ? (zh ?? detail) : detail)}</div>
              )}
              {failure === undefined ? null : <FailureBox failure={failure} />}
            </div>
          </li>
        ))}
      </ol>
      {version === undefined ? null : (
        <p className="plain quiet">
          {t('registries.version')}: {visibleText(version)}
        </p>
      )}
    </div>
  );
}

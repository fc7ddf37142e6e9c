import { useTranslation } from 'react-i18next';
import type { Failure } from '../../electron/contract/errors.ts';
import { failureReport, failureSide, failureText } from '../format/error-text.ts';
import { visibleLines, visibleText } from '../format/visible.ts';
import { useLanguage } from '../locales/i18n.ts';
import { CopyButton } from './copy-button.tsx';
import { ErrorIcon } from './icons.ts';

/** What happened, to what, on which side and what to do; the answer in full is folded below. */
export function FailureBox(props: { readonly failure: Failure }) {
  const { failure } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const { cause, remedy } = failureText(failure, language);
  const report = failureReport(failure);
  return (
    <div className="failure" role="alert">
      <div className="failure-cause">
        <ErrorIcon aria-hidden="true" />
        <span>{cause}</span>
      </div>
      <dl>
        <dt>{t('failure.subject')}</dt>
        <dd>{visibleText(failure.subject)}</dd>
        <dt>{t('failure.side')}</dt>
        <dd>{failureSide(failure, language)}</dd>
        <dt>{t('failure.remedy')}</dt>
        <dd>{remedy}</dd>
      </dl>
      <div className="line failure-foot">
        <details className="grow">
          <summary>{t('failure.raw')}</summary>
          <pre className="raw" tabIndex={0}>
            {visibleLines(report)}
          </pre>
        </details>
        <CopyButton text={report} label={t('failure.copy')} />
      </div>
    </div>
  );
}

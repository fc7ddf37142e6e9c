import { useTranslation } from 'react-i18next';
import type { ShownFinding } from '../../electron/contract/files.ts';
import { visibleText } from '../format/visible.ts';
import { useLanguage } from '../locales/i18n.ts';
import { ErrorIcon, InfoIcon, WarningIcon } from './icons.ts';

const mostShown = 100;

/** What an operator should know of a file, each with what to do about it. */
export function FindingList(props: { readonly findings: readonly ShownFinding[] }) {
  const { findings } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  if (findings.length === 0) return null;
  return (
    <ul className="steps findings" tabIndex={0} aria-label={t('import.findings')}>
      {findings.slice(0, mostShown).map((finding, index) => {
        const { text, remedy } = language === 'zh-CN' ? finding.zh : finding;
        return (
          <li key={`${index} ${finding.code}`} className="step">
            {iconOf(finding.severity)}
            <span className="grow wrap">
              {finding.line === undefined ? '' : `${t('import.line', { line: finding.line })}: `}
              {visibleText(text)} <span className="quiet">{visibleText(remedy)}</span>
            </span>
          </li>
        );
      })}
      {findings.length > mostShown ? <li className="quiet">+{findings.length - mostShown}</li> : null}
    </ul>
  );
}

function iconOf(severity: ShownFinding['severity']) {
  if (severity === 'note') return <InfoIcon className="tone-quiet" aria-hidden="true" />;
  if (severity === 'warning') return <WarningIcon className="tone-warn" aria-hidden="true" />;
  return <ErrorIcon className="tone-bad" aria-hidden="true" />;
}

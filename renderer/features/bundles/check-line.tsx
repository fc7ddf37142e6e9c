import { useTranslation } from 'react-i18next';
import type { OpenedBundle } from '../../../electron/contract/bundles.ts';
import { bytesText, countText, shareOf } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { Bar } from '../../ui/bar.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { ErrorIcon, OkIcon } from '../../ui/icons.ts';
import { FileProblems } from './file-problems.tsx';

/** How the reading of a whole file goes, or what it found. */
export function CheckLine(props: { readonly bundle: OpenedBundle }) {
  const { check } = props.bundle;
  const { t } = useTranslation();
  const language = useLanguage();
  if (check === undefined) return null;
  if (check.state === 'running') {
    const text =
      check.total === undefined
        ? t('bundles.checking', { done: bytesText(check.done) })
        : t('bundles.checkingOf', { done: bytesText(check.done), total: bytesText(check.total) });
    return (
      <div className="line check-line">
        <span aria-live="polite">{text}</span>
        <div className="grow">
          <Bar label={t('bundles.check')} share={shareOf(check.done, check.total)} />
        </div>
      </div>
    );
  }
  if (check.failure !== undefined)
    return check.failure.kind === 'cancelled' ? null : <FailureBox failure={check.failure} />;
  const isGood = check.damaged === 0 && check.problems.length === 0;
  return (
    <div className="lines tight">
      <div className={`step ${isGood ? 'tone-good' : 'tone-bad'}`} role="status">
        {isGood ? <OkIcon aria-hidden="true" /> : <ErrorIcon aria-hidden="true" />}
        <span>
          {isGood
            ? t('bundles.checkedWell')
            : t('bundles.checkedBadly', {
                whole: countText(check.whole, language),
                damaged: countText(check.damaged, language),
              })}
        </span>
      </div>
      <FileProblems problems={check.problems} />
    </div>
  );
}

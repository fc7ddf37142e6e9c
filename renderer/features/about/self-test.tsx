import { useTranslation } from 'react-i18next';
import { checkName, checkText } from '../../../electron/contract/self-test-text.ts';
import type { Check } from '../../../electron/contract/self-test.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf, useDeed } from '../../state/client.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { ErrorIcon, NotYetIcon, OkIcon, WarningIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';

const marks = {
  ok: { Icon: OkIcon, tone: 'tone-good' },
  warning: { Icon: WarningIcon, tone: 'tone-warn' },
  failed: { Icon: ErrorIcon, tone: 'tone-bad' },
  skipped: { Icon: NotYetIcon, tone: 'tone-quiet' },
} as const satisfies Readonly<Record<Check['state'], unknown>>;

/** Looks at what this machine gives the program, when asked, and shows what was found and what to do about it. */
export function SelfTest() {
  const { t } = useTranslation();
  const run = useDeed('about.selfTest');
  const { data } = run;
  return (
    <section className="section lines tight" aria-label={t('about.selfTest')}>
      <h2>{t('about.selfTest')}</h2>
      <p className="plain quiet">{t('about.selfTestText')}</p>
      <div>
        <Button disabled={run.isPending} onClick={() => run.mutate({})}>
          {t(run.isPending ? 'about.selfTestRuns' : 'about.runSelfTest')}
        </Button>
      </div>
      {run.error === null ? null : <FailureBox failure={failureOf(run.error)} />}
      {data === undefined || run.isPending ? null : (
        <>
          <p className="plain" role="status">
            {t(data.ok ? 'about.selfTestPassed' : 'about.selfTestFailed')}
          </p>
          <ul className="steps self-test">
            {data.checks.map((check) => (
              <Row key={check.id} check={check} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Row({ check }: { readonly check: Check }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { message, remedy } = checkText(check, language);
  const { Icon, tone } = marks[check.state];
  return (
    <li className="step">
      <Icon className={tone} aria-label={t(`about.checks.${check.state}`)} role="img" />
      <span className="wrap">
        <strong>{checkName(check.id, language)}</strong> {visibleText(message)}
        {remedy === undefined ? null : <span className="quiet"> {visibleText(remedy)}</span>}
      </span>
    </li>
  );
}

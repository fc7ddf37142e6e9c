import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleLines, visibleText } from '../../format/visible.ts';
import { failureOf, useAnswer, useDeed } from '../../state/client.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { WarningIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import { saveText } from '../../ui/save-text.ts';
import { SelfTest } from './self-test.tsx';

/** What this is, of which versions, where it keeps things, and what to hand to somebody who helps. */
export function AboutPage() {
  const { t } = useTranslation();
  const about = useAnswer('about.get', {});
  const gather = useDeed('about.diagnostics');
  const { data } = about;
  const wrong = about.error ?? gather.error;
  return (
    <div className="page scroll-page" tabIndex={0} role="region" aria-label={t('app.about')}>
      <div className="sections">
        <h1>{t('app.name')}</h1>
        {wrong === null ? null : <FailureBox failure={failureOf(wrong)} />}
        {data === undefined ? null : (
          <>
            <p className="plain">
              {t('about.version', { version: visibleText(data.version) })} · {t('about.licence')}
            </p>
            {data.notes.length === 0 ? null : (
              <Facts title={t('about.notes')}>
                {data.notes.map((note) => (
                  <div key={note} className="step">
                    <WarningIcon className="tone-warn" aria-hidden="true" />
                    <span className="wrap">{visibleText(note)}</span>
                  </div>
                ))}
              </Facts>
            )}
            <Facts title={t('about.folders')}>
              <Pairs pairs={data.folders} />
            </Facts>
            <Facts title={t('about.versions')}>
              <Pairs pairs={data.versions} />
            </Facts>
          </>
        )}
        <SelfTest />
        <Facts title={t('about.diagnostics')}>
          <p className="plain quiet">{t('about.diagnosticsText')}</p>
          <div>
            <Button disabled={gather.isPending} onClick={() => gather.mutate({})}>
              {t('about.gather')}
            </Button>
          </div>
        </Facts>
      </div>
      {gather.data === undefined ? null : <Review {...gather.data} onClose={gather.reset} />}
    </div>
  );
}

function Review(props: {
  readonly name: string;
  readonly text: string;
  readonly files: readonly string[];
  readonly onClose: () => void;
}) {
  const { name, text, files, onClose } = props;
  const { t } = useTranslation();
  return (
    <Sheet
      title={t('about.review')}
      size="large"
      onClose={onClose}
      actions={
        <>
          <Button
            appearance="primary"
            onClick={() => {
              saveText(name, text);
              onClose();
            }}
          >
            {t('common.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <p className="plain quiet">
        {t('about.holds')}: {visibleText(files.join(', '))}
      </p>
      <pre className="raw review" tabIndex={0}>
        {visibleLines(text, 500_000)}
      </pre>
    </Sheet>
  );
}

function Facts(props: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="section lines tight" aria-label={props.title}>
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

function Pairs(props: { readonly pairs: Readonly<Record<string, string>> }) {
  return (
    <dl className="facts">
      {Object.entries(props.pairs).map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{visibleText(name)}</dt>
          <dd className="wrap">{visibleText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

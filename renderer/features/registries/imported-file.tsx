import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useAnswer, useDeed } from '../../state/client.tsx';
import { useWorkspace } from '../../state/workspace.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { FindingList } from '../../ui/findings.tsx';
import { AuthChoice } from './auth-choice.tsx';
import { useAuthFile } from './use-auth-file.ts';
import type { NamedFile } from '../../ui/given-file.ts';
import { Button, Spinner } from '../../ui/kit.ts';

/** One text that was given: what it is, what is odd about it, and what can be done with it. */
export function ImportedFile(props: {
  readonly file: NamedFile;
  /** All that was given with it, itself among them: one of them may be the auth file of this one. */
  readonly others: readonly NamedFile[];
  readonly onPlanned: () => void;
}) {
  const { file, others, onPlanned } = props;
  const { t } = useTranslation();
  const read = useAnswer('files.read', file.given);
  const importDocker = useDeed('registries.importDocker', ['registries.list']);
  const { destinations, template, plan } = useWorkspace();
  const [chosenAuth, setAuth] = useState<NamedFile>();
  const given = useAuthFile(others);
  const auth = chosenAuth ?? given;
  const { text } = file;
  const what = read.data?.kind;
  const startPlan = (): void => {
    const targets = destinations.map((registry) => ({ registry, template }));
    if (what === 'image-syncer')
      plan({ file: file.given, kind: 'image-syncer', ...(auth === undefined ? {} : { auth: auth.given }) });
    else plan({ file: file.given, kind: 'list', destinations: targets });
    onPlanned();
  };
  const needsDestination = what === 'image-list' && destinations.length === 0;
  return (
    <section className="imported lines tight" aria-label={visibleText(file.name)}>
      <div className="line">
        <strong className="cut">{visibleText(file.name, 80)}</strong>
        {what === undefined ? null : (
          <span className="quiet">
            {t(`import.kind.${what}`)}
            {read.data?.rules === undefined ? '' : ` · ${t('import.rules', { count: read.data.rules })}`}
            {read.data?.images === undefined ? '' : ` · ${t('import.images', { count: read.data.images })}`}
          </span>
        )}
      </div>
      {read.isPending ? <Spinner size="tiny" /> : null}
      {read.error === null ? null : <FailureBox failure={failureOf(read.error)} />}
      {read.data === undefined ? null : <FindingList findings={read.data.findings} />}
      {what === 'image-syncer' ? <AuthChoice auth={auth} onAuth={setAuth} /> : null}
      {what === 'image-syncer-auth' ? <p className="plain quiet">{t('import.authAlone')}</p> : null}
      {what === 'image-syncer' || what === 'image-list' ? (
        <div className="line">
          <Button appearance="primary" disabled={needsDestination} onClick={startPlan}>
            {t('import.plan')}
          </Button>
          {needsDestination ? <span className="quiet">{t('import.noDestination')}</span> : null}
        </div>
      ) : null}
      {what === 'docker-config' && text !== undefined && importDocker.data === undefined ? (
        <div>
          <Button appearance="primary" disabled={importDocker.isPending} onClick={() => importDocker.mutate({ text })}>
            {t('import.credentials')}
          </Button>
        </div>
      ) : null}
      {importDocker.error === null ? null : <FailureBox failure={failureOf(importDocker.error)} />}
      {importDocker.data === undefined ? null : (
        <ul className="steps" aria-live="polite">
          {importDocker.data.found.map(({ host, user, imported, why }) => (
            <li key={host}>
              <strong>{visibleText(host)}</strong> {user === undefined ? '' : visibleText(user)}{' '}
              <span className={imported ? 'tone-good' : 'tone-warn'}>
                {imported ? t('import.imported') : t('import.notImported')}
              </span>
              {why === undefined ? null : <span className="quiet"> {visibleText(why)}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

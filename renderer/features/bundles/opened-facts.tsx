import { useTranslation } from 'react-i18next';
import type { OpenedBundle } from '../../../electron/contract/bundles.ts';
import { momentText } from '../../format/dates.ts';
import { bytesText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { WarningIcon } from '../../ui/icons.ts';
import { CheckLine } from './check-line.tsx';
import { FileProblems } from './file-problems.tsx';
import { LeftOutFact } from './left-out.tsx';

/** What an open file says of itself, and what was found out about it. */
export function OpenedFacts(props: { readonly bundle: OpenedBundle }) {
  const { bundle } = props;
  const { t } = useTranslation();
  const { set, volumes, created, signer, sender, hosts, problems, notices, senderFailure } = bundle;
  return (
    <>
      <dl className="facts">
        <dt>{t('bundles.kind')}</dt>
        <dd>
          {bundle.kind === undefined ? '–' : t(`bundles.kinds.${bundle.kind}`)} ·{' '}
          {t('bundles.images', { count: bundle.images })}
          {bundle.contentBytes === undefined ? '' : ` · ${t('bundles.content')} ${bytesText(bundle.contentBytes)}`}
        </dd>
        <LeftOutFact label={t('bundles.leftOut')} layers={bundle.leftOut} bytes={bundle.leftOutBytes} />
        {volumes === undefined ? null : (
          <>
            <dt>{t('bundles.volumes')}</dt>
            <dd className={problems.length > 0 ? 'tone-bad' : ''}>
              {t(problems.length > 0 ? 'bundles.volumesSome' : 'bundles.volumesAll', { n: volumes })}
            </dd>
          </>
        )}
        {hosts.length === 0 ? null : (
          <>
            <dt>{t('bundles.hosts')}</dt>
            <dd>{hosts.map((host) => visibleText(host)).join(', ')}</dd>
          </>
        )}
        {created === undefined ? null : (
          <>
            <dt>{t('bundles.created')}</dt>
            <dd>{Number.isNaN(Date.parse(created)) ? visibleText(created) : momentText(created)}</dd>
          </>
        )}
        {sender === undefined || bundle.kind !== 'bundle' ? null : (
          <>
            <dt>{t('bundles.sender')}</dt>
            <dd className={sender === 'other' ? 'tone-bad' : ''}>
              {t(`bundles.senders.${sender}`)}
              {signer === undefined ? null : <span className="mono"> {visibleText(signer)}</span>}
            </dd>
          </>
        )}
        {set === undefined ? null : (
          <>
            <dt>{t('bundles.set')}</dt>
            <dd className="line" title={t('bundles.setHint')}>
              <span className="mono cut">{visibleText(set)}</span>
              <CopyButton text={set} label={t('common.copy')} />
            </dd>
          </>
        )}
      </dl>
      <CheckLine bundle={bundle} />
      {senderFailure === undefined ? null : <FailureBox failure={senderFailure} />}
      {bundle.check?.state === 'finished' ? null : <FileProblems problems={problems} />}
      {notices.map((notice, index) => (
        <div key={`${index} ${notice}`} className="step">
          <WarningIcon className="tone-warn" aria-hidden="true" />
          <span className="wrap">{visibleText(notice, 2000)}</span>
        </div>
      ))}
    </>
  );
}

import { useTranslation } from 'react-i18next';
import type { ExportedBundle } from '../../../electron/contract/bundles.ts';
import { momentText } from '../../format/dates.ts';
import { bytesText, countText, rateText, shareOf } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf, useDeed, useFeed } from '../../state/client.tsx';
import { useCarrying } from '../../state/carrying.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { Bar } from '../../ui/bar.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { CloseIcon, OpenFileIcon, TransfersIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import { checksumLines } from './files.ts';
import { LeftOutFact } from './left-out.tsx';

/** A file that is being written, or was: how far it is, and then what has to be carried. */
export function ExportedDetails(props: { readonly exported: ExportedBundle }) {
  const { exported } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const { openJob, goTo } = useWorkspace();
  const choose = useCarrying((carrying) => carrying.choose);
  const open = useDeed('bundles.open');
  const { job, name, state, files, set, totalBytes } = exported;
  return (
    <div className="details">
      <div className="details-head line">
        <h2 className="cut grow" title={visibleText(name, 255)}>
          {visibleText(name, 255)}
        </h2>
        {state === 'written' ? (
          <Button
            appearance="primary"
            icon={<OpenFileIcon />}
            disabled={open.isPending}
            onClick={() => open.mutate({ job }, { onSuccess: ({ bundle }) => choose({ kind: 'bundle', id: bundle }) })}
          >
            {t('exports.openIt')}
          </Button>
        ) : null}
        <Button
          icon={<TransfersIcon />}
          onClick={() => {
            openJob(job);
            goTo('transfers');
          }}
        >
          {t('exports.transfers')}
        </Button>
      </div>
      <div className="details-body scrolls" tabIndex={0} role="region" aria-label={visibleText(name, 255)}>
        {state === 'writing' ? <Writing job={job} name={name} /> : null}
        {exported.failure === undefined ? null : <FailureBox failure={exported.failure} />}
        {open.error === null ? null : <FailureBox failure={failureOf(open.error)} />}
        {state === 'failed' || state === 'cancelled' ? (
          <p className="plain quiet">
            {t(`exports.states.${state}`)} · {t('exports.again')}
          </p>
        ) : null}
        <dl className="facts">
          <dt>{t('exports.format')}</dt>
          <dd>
            {t(`exports.formats.${exported.format}`)} · {momentText(exported.at)}
          </dd>
          {state === 'written' ? (
            <>
              <dt>{t('exports.contents')}</dt>
              <dd>
                {t('exports.contentsText', {
                  n: countText(exported.blobs, language),
                  bytes: bytesText(exported.blobBytes),
                })}
              </dd>
            </>
          ) : null}
          <LeftOutFact label={t('exports.leftOut')} layers={exported.leftOut} bytes={exported.leftOutBytes} />
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
        {files.length === 0 ? null : (
          <section className="lines tight" aria-label={t('exports.carry')}>
            <div className="line">
              <h3>{t('exports.carry')}</h3>
              <span className="quiet cut grow">
                {t('exports.carryText', { count: files.length, bytes: bytesText(totalBytes) })}
              </span>
              {files.some(({ sha256 }) => sha256 !== undefined) ? (
                <CopyButton text={checksumLines(files)} label={t('exports.copySums')} />
              ) : null}
            </div>
            <table className="plain-table">
              <thead>
                <tr>
                  <th scope="col">{t('exports.file')}</th>
                  <th scope="col" className="number">
                    {t('bundles.size')}
                  </th>
                  <th scope="col">{t('exports.checksum')}</th>
                </tr>
              </thead>
              <tbody>
                {files.map((file) => (
                  <tr key={file.name}>
                    <td className="nowrap">{visibleText(file.name, 120)}</td>
                    <td className="number">{bytesText(file.size)}</td>
                    <td className="mono wrap">
                      {file.sha256 ??
                        (exported.format === 'oci' || exported.format === 'registry-storage'
                          ? '–'
                          : t('exports.hashing'))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
    </div>
  );
}

function Writing(props: { readonly job: number; readonly name: string }) {
  const { job, name } = props;
  const { t } = useTranslation();
  const { snapshot } = useFeed('jobs', {});
  const control = useDeed('jobs.control');
  const running = snapshot?.jobs.find((each) => each.job === job);
  const { bytesDone = 0, bytesTotal } = running?.progress ?? {};
  return (
    <div className="lines tight">
      <div className="line">
        <span aria-live="polite">{t('exports.writing', { name: visibleText(name, 80) })}</span>
        <span className="quiet grow">
          {bytesTotal === undefined
            ? bytesText(bytesDone)
            : t('transfers.progress', { done: bytesText(bytesDone), total: bytesText(bytesTotal) })}
          {running === undefined ? '' : ` · ${rateText(running.rate.receivedPerSecond)}`}
        </span>
        <Button
          size="small"
          icon={<CloseIcon />}
          disabled={control.isPending}
          onClick={() => control.mutate({ job, action: 'cancel' })}
        >
          {t('transfers.cancel')}
        </Button>
      </div>
      <Bar
        label={t('exports.writing', { name: visibleText(name, 80) })}
        share={bytesTotal === undefined ? undefined : shareOf(bytesDone, bytesTotal)}
      />
      {control.error === null ? null : <FailureBox failure={failureOf(control.error)} />}
    </div>
  );
}

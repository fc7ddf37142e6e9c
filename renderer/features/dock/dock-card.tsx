import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DockRow } from '../../../electron/contract/docks.ts';
import { momentText } from '../../format/dates.ts';
import { bytesText, countText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf, useDeed } from '../../state/client.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { StopIcon, WarningIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { Pulls } from './pulls.tsx';
import { Snippets } from './snippets.tsx';

/** One dock: where it serves what, until when, who pulls, and what clients are told. */
export function DockCard(props: { readonly dock: DockRow }) {
  const { dock } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const stop = useDeed('docks.stop');
  const [shown, setShown] = useState<'pulls' | 'snippets'>('pulls');
  const isServing = dock.state === 'serving';
  const flags = [
    t(dock.isWritable ? 'dock.flags.writable' : 'dock.flags.readOnly'),
    ...(dock.isTls ? [t('dock.flags.tls')] : []),
    ...(dock.hasUsers ? [t('dock.flags.users')] : []),
    ...(dock.hasCatalog ? [t('dock.flags.catalog')] : []),
    ...dock.allow.map((block) => visibleText(block, 60)),
  ];
  return (
    <section className={`dock-card${isServing ? '' : ' is-ended'}`} aria-label={visibleText(dock.url, 200)}>
      <div className="line">
        <span className={`dot dot-${isServing ? 'same' : 'unknown'}`} />
        <h2 className="mono">{visibleText(dock.url, 200)}</h2>
        <CopyButton text={dock.host} label={t('common.copy')} />
        <span className={isServing ? 'tone-good' : 'quiet'}>{t(isServing ? 'dock.serving' : 'dock.ended')}</span>
        <span className="grow" />
        {isServing ? (
          <Button
            icon={<StopIcon />}
            disabled={stop.isPending}
            aria-label={t('dock.stopIt', { host: visibleText(dock.host) })}
            onClick={() => stop.mutate({ dock: dock.dock })}
          >
            {t('dock.stop')}
          </Button>
        ) : null}
      </div>
      <div className="dock-facts quiet">
        <span>
          {dock.name === undefined ? t('dock.library') : t('dock.bundle', { name: visibleText(dock.name, 120) })}
        </span>
        <span>{flags.join(' · ')}</span>
        <span>
          {momentText(dock.startedAt)}
          {dock.stopsAtMs === undefined ? '' : ` – ${momentText(dock.stopsAtMs)}`}
        </span>
        <span aria-live="polite">
          {t('dock.sent', { n: countText(dock.requests, language), bytes: bytesText(dock.bytes) })}
        </span>
      </div>
      {isServing
        ? dock.notices.map((notice) => (
            <div key={notice} className="step">
              <WarningIcon className="tone-warn" aria-hidden="true" />
              <span>{t(`dock.notices.${notice}`)}</span>
            </div>
          ))
        : null}
      {stop.error === null ? null : <FailureBox failure={failureOf(stop.error)} />}
      {isServing ? (
        <Tabs
          label={visibleText(dock.host)}
          value={shown}
          tabs={[
            { value: 'pulls', text: t('dock.pulls') },
            { value: 'snippets', text: t('dock.snippets') },
          ]}
          onChange={setShown}
        />
      ) : null}
      {isServing && shown === 'snippets' ? <Snippets dock={dock} /> : <Pulls pulls={dock.pulls} />}
    </section>
  );
}

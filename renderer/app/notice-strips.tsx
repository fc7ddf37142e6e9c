import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WindowNotice } from '../../electron/contract/feeds.ts';
import { PassphraseForm } from '../features/settings/passphrase-form.tsx';
import type { Language } from '../../electron/contract/language.ts';
import { visibleText } from '../format/visible.ts';
import { useLanguage } from '../locales/i18n.ts';
import { useDeed, useFeed } from '../state/client.tsx';
import { useLine } from '../state/line.ts';
import { Sheet } from '../ui/dialogs.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { CloseIcon, InfoIcon, WarningIcon } from '../ui/icons.ts';
import { Button } from '../ui/kit.ts';

const mostShown = 3;

/** What the engine has to say that belongs to no page, newest first, each hidden on request. */
export function NoticeStrips() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { snapshot } = useFeed('notices', {});
  const jobs = useFeed('jobs', {});
  const approve = useDeed('registries.approveRealm');
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [isUnlocking, setUnlocking] = useState(false);
  const isBroken = useLine((line) => line.isBroken);
  const owner = jobs.snapshot?.owner;
  const hide = (id: string): void => setHidden(new Set([...hidden, id]));
  const shown = (snapshot?.notices ?? []).filter(({ id }) => !hidden.has(id)).slice(-mostShown);
  return (
    <div aria-live="polite">
      {isBroken ? (
        <div className="strip strip-error">
          <WarningIcon aria-hidden="true" />
          <span className="grow">{t('app.lineBroken')}</span>
        </div>
      ) : null}
      {owner?.isOurs === false ? (
        <div className="strip strip-warning">
          <WarningIcon aria-hidden="true" />
          <span className="grow">{t('app.notOurs', { by: visibleText(owner.by ?? '–') })}</span>
        </div>
      ) : null}
      {shown.map((notice) => (
        <div key={notice.id} className={`strip${notice.level === 'info' ? '' : ` strip-${notice.level}`}`}>
          {notice.level === 'info' ? <InfoIcon aria-hidden="true" /> : <WarningIcon aria-hidden="true" />}
          <span className="grow wrap">{textOf(notice, language, t)}</span>
          {notice.action?.kind === 'approve-realm' ? (
            <Button
              size="small"
              onClick={() => {
                if (notice.action?.kind !== 'approve-realm') return;
                approve.mutate({ host: notice.action.host, realm: notice.action.realm });
                hide(notice.id);
              }}
            >
              {t('notices.approve')}
            </Button>
          ) : null}
          {notice.action?.kind === 'unlock-vault' ? (
            <Button size="small" onClick={() => setUnlocking(true)}>
              {t('notices.unlock')}
            </Button>
          ) : null}
          <IconButton label={t('notices.hide')} icon={<CloseIcon />} onClick={() => hide(notice.id)} />
        </div>
      ))}
      {isUnlocking ? (
        <Sheet title={t('settings.unlock')} size="small" onClose={() => setUnlocking(false)}>
          <PassphraseForm deed="vault.unlock" onDone={() => setUnlocking(false)} />
        </Sheet>
      ) : null}
    </div>
  );
}

function textOf(notice: WindowNotice, language: Language, t: ReturnType<typeof useTranslation>['t']): string {
  if (notice.action?.kind === 'approve-realm') {
    return t('notices.realm', { host: visibleText(notice.action.host), realm: visibleText(notice.action.realm) });
  }
  if (notice.code === 'vault-locked') return t('notices.vault');
  return visibleText(language === 'zh-CN' ? (notice.zh ?? notice.text) : notice.text, 2000);
}

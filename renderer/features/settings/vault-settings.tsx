import { useTranslation } from 'react-i18next';
import { failureOf, useAnswer, useDeed } from '../../state/client.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { Button } from '../../ui/kit.ts';
import { visibleText } from '../../format/visible.ts';
import { PassphraseForm } from './passphrase-form.tsx';
import { Section } from './section.tsx';

/** Where passwords are kept, and opening and closing that place. */
export function VaultSettings() {
  const { t } = useTranslation();
  const vault = useAnswer('vault.state', {});
  const lock = useDeed('vault.lock', ['vault.state']);
  const { data } = vault;
  const wrong = vault.error ?? lock.error;
  if (data === undefined) return wrong === null ? null : <FailureBox failure={failureOf(wrong)} />;
  const texts = {
    session: t('settings.vaultSession'),
    passphrase: t('settings.vaultPassphrase'),
    desktop: t('settings.vaultDesktop'),
  };
  return (
    <Section title={t('settings.vault')}>
      <div className="section-wide lines tight">
        <span>{texts[data.kind]}</span>
        {data.why === undefined ? null : <span className="tone-warn">{visibleText(data.why)}</span>}
        {data.kind === 'session' ? null : (
          <span>
            <span className={`dot dot-${data.isLocked ? 'warn' : 'good'}`} />
            {data.isLocked ? t('settings.vaultLocked') : t('settings.vaultOpen')}
          </span>
        )}
        {wrong === null ? null : <FailureBox failure={failureOf(wrong)} />}
      </div>
      <div className="section-wide">
        {data.kind === 'session' ? <PassphraseForm deed="vault.create" /> : null}
        {data.kind === 'passphrase' && data.isLocked ? <PassphraseForm deed="vault.unlock" /> : null}
        {data.kind !== 'session' && !data.isLocked ? (
          <Button onClick={() => lock.mutate({})}>{t('settings.lock')}</Button>
        ) : null}
      </div>
    </Section>
  );
}

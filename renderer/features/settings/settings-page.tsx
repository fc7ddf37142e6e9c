import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../../electron/contract/errors.ts';
import type { SettingsChange } from '../../../electron/contract/settings.ts';
import { failureOf } from '../../state/client.tsx';
import { useSettings } from '../../state/use-settings.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { CacheSettings } from './cache-settings.tsx';
import { CopySettings } from './copy-settings.tsx';
import { LookSettings } from './look-settings.tsx';
import { NetworkSettings } from './network-settings.tsx';
import { VaultSettings } from './vault-settings.tsx';

/** How the program is set; every change counts at once. */
export function SettingsPage() {
  const { t } = useTranslation();
  const { settings, error, change } = useSettings();
  const [failure, setFailure] = useState<Failure>();
  const apply = (part: SettingsChange): void => {
    change(part).then(
      () => setFailure(undefined),
      (thrown: unknown) => setFailure(failureOf(thrown)),
    );
  };
  const wrong = failure ?? (error === null ? undefined : failureOf(error));
  return (
    <div className="page scroll-page" tabIndex={0} role="region" aria-label={t('app.settings')}>
      <div className="sections">
        <h1>{t('app.settings')}</h1>
        {wrong === undefined ? null : <FailureBox failure={wrong} />}
        {settings === undefined ? null : (
          <>
            <LookSettings settings={settings} change={apply} />
            <CopySettings settings={settings} change={apply} />
            <NetworkSettings settings={settings} change={apply} />
            <CacheSettings settings={settings} change={apply} />
            <VaultSettings />
          </>
        )}
      </div>
    </div>
  );
}

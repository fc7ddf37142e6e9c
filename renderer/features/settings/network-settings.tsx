import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsChange } from '../../../electron/contract/settings.ts';
import { FileButton } from '../../ui/file-button.tsx';
import { Button, Field, Input, Textarea } from '../../ui/kit.ts';
import { Section, type SettingsProps } from './section.tsx';

/** The proxy and the CAs for every host. The password of the proxy goes in and never comes back. */
export function NetworkSettings({ settings, change }: SettingsProps) {
  const { t } = useTranslation();
  const [proxy, setProxy] = useState(settings.proxy ?? '');
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [ca, setCa] = useState(settings.ca ?? '');
  const isChanged = proxy !== (settings.proxy ?? '') || user !== '' || password !== '' || ca !== (settings.ca ?? '');
  const save = (): void => {
    const part: SettingsChange = {
      proxy: proxy.trim() === '' ? null : proxy.trim(),
      ca: ca.trim() === '' ? null : ca,
      ...(user === '' ? {} : { proxyUser: user }),
      ...(password === '' ? {} : { proxyPassword: password }),
      ...(proxy.trim() === '' ? { proxyUser: null, proxyPassword: null } : {}),
    };
    change(part);
    setUser('');
    setPassword('');
  };
  return (
    <Section title={t('settings.network')}>
      <form
        className="fact"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <div className="section-wide">
          <Field label={t('settings.proxy')} hint={t('settings.proxyHint')}>
            <Input value={proxy} spellCheck={false} onChange={(_, { value }) => setProxy(value)} />
          </Field>
        </div>
        <Field label={t('settings.proxyUser')}>
          <Input value={user} autoComplete="off" onChange={(_, { value }) => setUser(value)} />
        </Field>
        <Field label={t('settings.proxyPassword')}>
          <Input
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={(_, { value }) => setPassword(value)}
          />
        </Field>
        <div className="section-wide">
          <Field label={t('settings.ca')}>
            <Textarea
              className="mono"
              rows={3}
              value={ca}
              spellCheck={false}
              onChange={(_, { value }) => setCa(value)}
            />
          </Field>
        </div>
        <div className="section-wide line">
          <FileButton label={t('common.choose')} onFile={({ text }) => setCa(text)} />
          <Button appearance="primary" type="submit" disabled={!isChanged}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}

import { useEffect } from 'react';
import { I18nextProvider } from 'react-i18next';
import type { Client } from '../../electron/contract/client.ts';
import { speak, systemLanguage, words } from '../locales/i18n.ts';
import { EngineProvider } from '../state/client.tsx';
import { languageOf, useSettings } from '../state/use-settings.ts';
import { ThemeProvider } from '../ui/theme.tsx';
import { FirstRun } from './first-run.tsx';
import { Frame } from './frame.tsx';

/** The window over an engine. */
export function App(props: { readonly client: Client; readonly nonce: string }) {
  return (
    <I18nextProvider i18n={words}>
      <EngineProvider client={props.client}>
        <Dressed nonce={props.nonce} />
      </EngineProvider>
    </I18nextProvider>
  );
}

function Dressed(props: { readonly nonce: string }) {
  const { settings, error } = useSettings();
  const language = languageOf(settings, systemLanguage());
  useEffect(() => speak(language), [language]);
  // nothing is drawn before the settings are there, so that language and colours do not flicker
  if (settings === undefined && error === null) return null;
  return (
    <ThemeProvider choice={settings?.theme ?? 'system'} nonce={props.nonce}>
      <Frame />
      {settings?.firstRunDone === false ? <FirstRun /> : null}
    </ThemeProvider>
  );
}

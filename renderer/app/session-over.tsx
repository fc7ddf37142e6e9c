import { useTranslation } from 'react-i18next';
import { words } from '../locales/i18n.ts';
import { ThemeProvider } from '../ui/theme.tsx';
import { I18nextProvider } from 'react-i18next';

/** What is left of the window when the engine no longer knows it. */
export function SessionOver(props: { readonly nonce: string }) {
  return (
    <I18nextProvider i18n={words}>
      <ThemeProvider choice="system" nonce={props.nonce}>
        <Over />
      </ThemeProvider>
    </I18nextProvider>
  );
}

function Over() {
  const { t } = useTranslation();
  return (
    <main className="nothing alone">
      <h1>{t('app.sessionOver')}</h1>
      <p className="plain quiet">{t('app.sessionOverText')}</p>
    </main>
  );
}

import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../state/client.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Checkbox } from '../../ui/kit.ts';
import { LanguageChoice } from '../../ui/language-choice.tsx';
import { Section, type SettingsProps } from './section.tsx';

/** Language, colours, and what the window does by itself. */
export function LookSettings({ settings, change }: SettingsProps) {
  const { t } = useTranslation();
  // a browser's tab has neither a place to go on in nor notifications of its own
  const about = useAnswer('about.get', {});
  return (
    <Section title={t('settings.look')}>
      <LanguageChoice value={settings.language} onChange={(language) => change({ language })} />
      <Choice
        label={t('settings.theme')}
        value={settings.theme}
        options={[
          { value: 'system', text: t('settings.themeSystem') },
          { value: 'light', text: t('settings.themeLight') },
          { value: 'dark', text: t('settings.themeDark') },
        ]}
        onChange={(theme) => change({ theme })}
      />
      {about.data?.isDesktop === true ? (
        <div className="section-wide">
          <Checkbox
            checked={settings.notify}
            label={t('settings.notify')}
            onChange={(_, { checked }) => change({ notify: checked === true })}
          />
          <Checkbox
            checked={settings.closeToTray}
            label={t('settings.closeToTray')}
            onChange={(_, { checked }) => change({ closeToTray: checked === true })}
          />
        </div>
      ) : null}
    </Section>
  );
}

import { useTranslation } from 'react-i18next';
import { Choice } from './choice.tsx';

/** The language as the settings name it. */
export type LanguageSetting = 'system' | 'zh' | 'en';

/** Chooses the language; each is written in itself. */
export function LanguageChoice(props: {
  readonly value: LanguageSetting;
  readonly onChange: (value: LanguageSetting) => void;
}) {
  const { t } = useTranslation();
  return (
    <Choice
      label={t('settings.language')}
      value={props.value}
      options={[
        { value: 'system', text: t('settings.languageSystem') },
        { value: 'zh', text: '中文', lang: 'zh-CN' },
        { value: 'en', text: 'English', lang: 'en' },
      ]}
      onChange={props.onChange}
    />
  );
}

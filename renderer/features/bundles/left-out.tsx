import { useTranslation } from 'react-i18next';
import { bytesText, countText } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';

/** The fact that layers are not in a file because the site holds them; nothing where none were left out. */
export function LeftOutFact(props: { readonly label: string; readonly layers: number; readonly bytes: number }) {
  const { label, layers, bytes } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  if (layers === 0) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>{t('bundles.leftOutText', { n: countText(layers, language), bytes: bytesText(bytes) })}</dd>
    </>
  );
}

import { useTranslation } from 'react-i18next';
import type { Notice } from '../../electron/contract/models.ts';
import { saysAll } from '../format/notice-text.ts';
import { visibleText } from '../format/visible.ts';
import { useLanguage } from '../locales/i18n.ts';
import { WarningIcon } from './icons.ts';

/** What an operator should know of an image: what it is about in words of the window, and what the engine says of it. */
export function NoticeList(props: { readonly notices: readonly Notice[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return props.notices.map(({ kind, text }, index) => (
    <div key={`${index} ${kind}`} className="step">
      <WarningIcon className="tone-warn" aria-hidden="true" />
      {saysAll(kind, language) ? (
        <span className="wrap">{visibleText(text)}</span>
      ) : (
        <span className="wrap">
          {t(`notice.${kind}`)} <span className="quiet">{visibleText(text)}</span>
        </span>
      )}
    </div>
  ));
}

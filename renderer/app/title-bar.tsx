import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../format/visible.ts';
import { speak, useLanguage } from '../locales/i18n.ts';
import { useAnswer } from '../state/client.tsx';
import { useSettings } from '../state/use-settings.ts';
import { useWorkspace } from '../state/workspace.ts';
import ferry from '../ui/ferry.svg';
import { IconButton } from '../ui/icon-button.tsx';
import { SearchIcon, SettingsIcon } from '../ui/icons.ts';
import { Button, Input } from '../ui/kit.ts';
import { DockSign } from './dock-sign.tsx';

/** Name, where one is, the filter, the language and the way to the settings. */
export function TitleBar(props: { readonly filter: RefObject<HTMLInputElement | null> }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { change } = useSettings();
  const { page, shown, filter, setFilter, show, goTo } = useWorkspace();
  const registries = useAnswer('registries.list', {});
  const registry = registries.data?.find(({ id }) => id === shown?.registry);
  const switchLanguage = (): void => {
    const next = language === 'en' ? 'zh' : 'en';
    speak(next === 'zh' ? 'zh-CN' : 'en');
    void change({ language: next }).catch(() => {});
  };
  return (
    <header className="title-bar">
      <span className="product">
        <img src={ferry} alt="" />
        {t('app.name')}
      </span>
      <span className="crumbs grow">
        {page !== 'images' ? (
          <span className="here">{t(`app.${page}`)}</span>
        ) : registry === undefined || shown === undefined ? null : (
          <>
            {shown.repository === undefined ? (
              <span className="here cut">{visibleText(registry.name)}</span>
            ) : (
              <button type="button" className="text cut" onClick={() => show({ registry: registry.id })}>
                {visibleText(registry.name)}
              </button>
            )}
            {shown.repository === undefined ? null : (
              <>
                <span className="quiet">›</span>
                <span className="here cut">{visibleText(shown.repository)}</span>
              </>
            )}
          </>
        )}
      </span>
      {page === 'images' ? (
        <Input
          input={{ ref: props.filter }}
          className="filter"
          type="search"
          contentBefore={<SearchIcon />}
          placeholder={t('app.filter')}
          aria-label={t('app.filter')}
          value={filter}
          onChange={(_, { value }) => setFilter(value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setFilter('');
            if (event.key === 'ArrowDown' || event.key === 'Enter')
              document.querySelector<HTMLElement>('.page-grid > .grid')?.focus();
          }}
        />
      ) : null}
      <DockSign />
      <Button
        appearance="subtle"
        size="small"
        title={t('app.switchLanguage')}
        lang={language === 'en' ? 'zh-CN' : 'en'}
        onClick={switchLanguage}
      >
        {t('app.language')}
      </Button>
      <IconButton label={t('app.settings')} icon={<SettingsIcon />} onClick={() => goTo('settings')} />
    </header>
  );
}

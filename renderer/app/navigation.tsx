import { useTranslation } from 'react-i18next';
import { useFeed } from '../state/client.tsx';
import { type Page, useWorkspace } from '../state/workspace.ts';
import { BundleIcon, DockIcon, HistoryIcon, ImagesIcon, InfoIcon, SettingsIcon, TransfersIcon } from '../ui/icons.ts';

const pages = [
  ['images', ImagesIcon],
  ['transfers', TransfersIcon],
  ['history', HistoryIcon],
  ['bundles', BundleIcon],
  ['dock', DockIcon],
  ['settings', SettingsIcon],
  ['about', InfoIcon],
] as const satisfies readonly (readonly [Page, unknown])[];

/** The pages of the window, with the number of jobs in motion. */
export function Navigation() {
  const { t } = useTranslation();
  const { page, goTo } = useWorkspace();
  const { snapshot } = useFeed('jobs', {});
  const running =
    snapshot?.jobs.filter(({ state }) => state === 'running' || state === 'planning' || state === 'waiting').length ??
    0;
  return (
    <nav className="nav" aria-label={t('app.pages')}>
      {pages.map(([name, Icon]) => (
        <button
          key={name}
          type="button"
          className="nav-item"
          {...(page === name ? { 'aria-current': 'page' } : {})}
          onClick={() => goTo(name)}
        >
          <Icon aria-hidden="true" />
          <span className="grow cut">{t(`app.${name}`)}</span>
          {name === 'transfers' && running > 0 ? <span className="badge">{running}</span> : null}
        </button>
      ))}
    </nav>
  );
}

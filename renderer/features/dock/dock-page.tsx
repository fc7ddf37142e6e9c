import { useTranslation } from 'react-i18next';
import { useFeed } from '../../state/client.tsx';
import { useCarrying } from '../../state/carrying.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { DockCard } from './dock-card.tsx';
import { StartDock } from './start-dock.tsx';

/** Registries over what lies on this machine: starting one, and who pulls what of those that serve. */
export function DockPage() {
  const { t } = useTranslation();
  const { snapshot, failure } = useFeed('docks', {});
  const served = useCarrying((carrying) => carrying.served);
  const docks = snapshot?.docks ?? [];
  const sorted = docks.toSorted((a, b) => Number(b.state === 'serving') - Number(a.state === 'serving'));
  return (
    <div className="page">
      {failure === undefined ? null : <FailureBox failure={failure} />}
      <div className="page-grid">
        <Splitter name="dock" direction="columns" label={t('dock.start')} initial={380} least={280} most={560}>
          <StartDock key={served ?? ''} served={served} />
          <div className="docks" role="region" tabIndex={0} aria-label={t('dock.running')}>
            {sorted.length === 0 ? (
              <div className="nothing quiet">{snapshot === undefined ? t('common.loading') : t('dock.none')}</div>
            ) : (
              sorted.map((dock) => <DockCard key={dock.dock} dock={dock} />)
            )}
          </div>
        </Splitter>
      </div>
    </div>
  );
}

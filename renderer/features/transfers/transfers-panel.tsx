import { useTranslation } from 'react-i18next';
import { rateText } from '../../format/numbers.ts';
import { useFeed } from '../../state/client.tsx';
import { useWorkspace } from '../../state/workspace.ts';
import { Button } from '../../ui/kit.ts';
import { isMoving } from './jobs.ts';
import { TransfersView } from './transfers-view.tsx';

/** The queue below the images. */
export function TransfersPanel() {
  const { t } = useTranslation();
  const { snapshot } = useFeed('jobs', {});
  const goTo = useWorkspace((workspace) => workspace.goTo);
  const running = snapshot?.jobs.filter(({ state }) => isMoving(state)).length ?? 0;
  const last = snapshot?.throughput.at(-1);
  return (
    <section className="panel" aria-label={t('app.transfers')}>
      <div className="panel-head line">
        <h2>{running === 0 ? t('transfers.idle') : t('transfers.running', { n: running })}</h2>
        {running === 0 || last === undefined ? null : (
          <span className="quiet">
            ↓ {rateText(last.received)} ↑ {rateText(last.sent)}
          </span>
        )}
        <span className="grow" />
        <Button size="small" appearance="subtle" onClick={() => goTo('transfers')}>
          {t('transfers.page')}
        </Button>
      </div>
      <div className="panel-body">
        <TransfersView isLow />
      </div>
    </section>
  );
}

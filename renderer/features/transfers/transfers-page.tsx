import { useFeed } from '../../state/client.tsx';
import { isMoving } from './jobs.ts';
import { Throughput } from './throughput.tsx';
import { TransfersView } from './transfers-view.tsx';

/** Everything on its way, with the throughput of the whole program. */
export function TransfersPage() {
  const { snapshot } = useFeed('jobs', {});
  return (
    <div className="page">
      {snapshot === undefined || snapshot.jobs.length === 0 ? null : (
        <Throughput samples={snapshot.throughput} isIdle={!snapshot.jobs.some(({ state }) => isMoving(state))} />
      )}
      <div className="page-grid">
        <TransfersView isLow={false} />
      </div>
    </div>
  );
}

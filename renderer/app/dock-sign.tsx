import { useTranslation } from 'react-i18next';
import { timeText } from '../format/dates.ts';
import { visibleText } from '../format/visible.ts';
import { useDeed, useFeed } from '../state/client.tsx';
import { useWorkspace } from '../state/workspace.ts';
import { DockIcon, StopIcon } from '../ui/icons.ts';
import { IconButton } from '../ui/icon-button.tsx';

/** Says on every page that docks serve, and ends them (SECURITY S-REG-1). */
export function DockSign() {
  const { t } = useTranslation();
  const { snapshot } = useFeed('docks', {});
  const goTo = useWorkspace((workspace) => workspace.goTo);
  const stop = useDeed('docks.stop');
  const serving = (snapshot?.docks ?? []).filter(({ state }) => state === 'serving');
  const [first] = serving;
  if (first === undefined) return null;
  const until =
    first.stopsAtMs === undefined ? '' : ` · ${t('dock.until', { time: timeText(first.stopsAtMs).slice(0, 5) })}`;
  const text =
    serving.length > 1
      ? t('dock.signMore', { n: serving.length })
      : `${t('dock.sign', { host: visibleText(first.host, 80) })}${until}`;
  return (
    <span className="dock-sign" role="status">
      <button type="button" className="text line" onClick={() => goTo('dock')}>
        <DockIcon aria-hidden="true" />
        <span>{text}</span>
      </button>
      {serving.length > 1 ? null : (
        <IconButton
          label={t('dock.stopIt', { host: visibleText(first.host, 80) })}
          icon={<StopIcon />}
          isOff={stop.isPending}
          onClick={() => stop.mutate({ dock: first.dock })}
        />
      )}
    </span>
  );
}

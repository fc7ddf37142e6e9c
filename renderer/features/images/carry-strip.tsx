import { useTranslation } from 'react-i18next';
import type { Registry } from '../../../electron/contract/registries.ts';
import { visibleText } from '../../format/visible.ts';
import { useCarry } from '../../state/carry.ts';
import { useWorkspace } from '../../state/workspace.ts';

/** While images are in the hand: what they can be dropped on, one registry or all the chosen ones, and the hand itself. */
export function CarryStrip(props: { readonly registries: readonly Registry[]; readonly source: string | undefined }) {
  const { registries, source } = props;
  const { t } = useTranslation();
  const { count, x, y, over } = useCarry();
  const destinations = useWorkspace((workspace) => workspace.destinations);
  if (count === 0) return null;
  const others = registries.filter(({ id }) => id !== source || destinations.includes(id));
  const all = destinations.join(' ');
  return (
    <div className="carry-strip" role="status" aria-label={t('images.dropOn')}>
      <span className="quiet">{t('images.dropChoose')}</span>
      {destinations.length > 1 ? (
        <span className={`drop-target${over === all ? ' is-over' : ''}`} data-drop={all}>
          {t('images.dropAll', { n: destinations.length })}
        </span>
      ) : null}
      {others.map(({ id, name }) => (
        <span key={id} className={`drop-target${over === id ? ' is-over' : ''}`} data-drop={id}>
          {visibleText(name, 60)}
        </span>
      ))}
      <div className="carried" style={{ left: x + 14, top: y + 10 }}>
        {t('images.carried', { count })}
      </div>
    </div>
  );
}

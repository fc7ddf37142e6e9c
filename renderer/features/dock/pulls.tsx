import { useTranslation } from 'react-i18next';
import type { DockPull } from '../../../electron/contract/docks.ts';
import { timeText } from '../../format/dates.ts';
import { bytesText, countText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';

/** Who pulled what of a dock, the last ones first. */
export function Pulls(props: { readonly pulls: readonly DockPull[] }) {
  const { pulls } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  if (pulls.length === 0) return <p className="plain quiet">{t('dock.noPulls')}</p>;
  const hasPushes = pulls.some(({ pushes }) => pushes > 0);
  const hasRefused = pulls.some(({ refused }) => refused > 0);
  return (
    <div className="pulls" role="region" tabIndex={0} aria-label={t('dock.pulls')}>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{t('dock.client')}</th>
            <th scope="col">{t('dock.repository')}</th>
            <th scope="col">{t('dock.references')}</th>
            <th scope="col" className="number">
              {t('dock.pullCount')}
            </th>
            {hasPushes ? (
              <th scope="col" className="number">
                {t('dock.pushCount')}
              </th>
            ) : null}
            {hasRefused ? (
              <th scope="col" className="number">
                {t('dock.refused')}
              </th>
            ) : null}
            <th scope="col" className="number">
              {t('dock.bytes')}
            </th>
            <th scope="col">{t('dock.last')}</th>
          </tr>
        </thead>
        <tbody>
          {pulls.map((pull) => (
            <tr key={JSON.stringify([pull.client, pull.user, pull.repository])}>
              <td className="nowrap">
                {pull.user === undefined ? '' : `${visibleText(pull.user, 60)} · `}
                {visibleText(pull.client)}
              </td>
              <td className="breaks">{pull.repository === undefined ? '–' : visibleText(pull.repository)}</td>
              <td className="breaks">
                {pull.references.map((reference) => visibleText(shortReference(reference), 60)).join(', ')}
              </td>
              <td className="number">{countText(pull.pulls, language)}</td>
              {hasPushes ? <td className="number">{countText(pull.pushes, language)}</td> : null}
              {hasRefused ? (
                <td className={`number${pull.refused > 0 ? ' tone-bad' : ''}`}>{countText(pull.refused, language)}</td>
              ) : null}
              <td className="number">{bytesText(pull.bytes)}</td>
              <td className="nowrap">{timeText(pull.at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A tag, or the beginning of a digest. */
function shortReference(reference: string): string {
  return reference.startsWith('sha') && reference.includes(':') ? reference.slice(0, 19) : reference;
}

import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../../electron/contract/commands.ts';
import { bytesText, countText } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';

/** What an export comes to, before anything moves. */
export function EstimateTiles(props: {
  readonly estimate: OutputOf<'exports.estimate'> | undefined;
  readonly isPending: boolean;
  readonly isFolder: boolean;
}) {
  const { estimate, isPending, isFolder } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const count = (value: number | undefined): string => (value === undefined ? '–' : countText(value, language));
  const tiles: readonly (readonly [string, string])[] = [
    [t('app.images'), count(estimate?.images)],
    [t('exports.toWrite'), bytesText(estimate?.totalBytes)],
    [t('exports.parts'), isFolder ? t('exports.folder') : count(estimate?.volumes)],
    [t('exports.layers'), count(estimate?.blobs)],
    [t('exports.leftOut'), bytesText(estimate?.leftOutBytes)],
  ];
  return (
    <section aria-label={t('exports.estimate')} aria-busy={isPending}>
      <dl className="tiles">
        {tiles.map(([name, value]) => (
          <div key={name} className="tile">
            <dt>{name}</dt>
            <dd className={isPending ? 'quiet' : ''}>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="plain quiet estimate-note" aria-live="polite">
        {isPending ? t('exports.estimating') : ' '}
      </p>
    </section>
  );
}

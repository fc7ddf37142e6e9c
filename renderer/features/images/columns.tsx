import type { TFunction } from 'i18next';
import type { Language } from '../../../electron/contract/language.ts';
import { momentText } from '../../format/dates.ts';
import { failureText } from '../../format/error-text.ts';
import { bytesText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import type { ListedImage } from '../../state/image-rows.ts';
import { Bar } from '../../ui/bar.tsx';
import type { Column } from '../../ui/grid-types.ts';

const mostPlatforms = 3;

/** The columns of the grid of images. */
export function imageColumns(t: TFunction, language: Language, hasState: boolean): readonly Column<ListedImage>[] {
  return [
    {
      id: 'repository',
      title: t('images.repository'),
      width: 'minmax(150px, 3fr)',
      canSort: true,
      cell: ({ repository }) => <span title={visibleText(repository)}>{visibleText(repository)}</span>,
    },
    {
      id: 'tag',
      title: t('images.tag'),
      width: 'minmax(100px, 2fr)',
      canSort: true,
      cell: ({ tag }) => <span title={visibleText(tag)}>{visibleText(tag)}</span>,
    },
    {
      id: 'digest',
      title: t('images.digest'),
      width: '98px',
      cell: ({ digest }) =>
        digest === undefined ? (
          ''
        ) : (
          <span className="mono" title={visibleText(digest)}>
            {visibleText(digest.slice(digest.indexOf(':') + 1).slice(0, 12))}
          </span>
        ),
    },
    {
      id: 'platforms',
      title: t('images.platforms'),
      width: 'minmax(128px, 1.3fr)',
      cell: (row) => platformsOf(row, language),
    },
    {
      id: 'size',
      title: t('images.size'),
      width: '82px',
      isNumber: true,
      canSort: true,
      cell: ({ sizeBytes }) => (sizeBytes === undefined ? '' : bytesText(sizeBytes)),
    },
    ...(hasState
      ? [{ id: 'state', title: t('images.state'), width: '112px', cell: (row: ListedImage) => stateOf(row, t) }]
      : []),
    {
      id: 'pushed',
      title: t('images.pushed'),
      width: '122px',
      canSort: true,
      cell: ({ pushedAt }) => (pushedAt === undefined ? '' : <span className="quiet">{momentText(pushedAt)}</span>),
    },
  ];
}

function platformsOf({ platforms, failure }: ListedImage, language: Language) {
  if (failure !== undefined)
    return (
      <span className="tone-bad" title={visibleText(failure.message)}>
        {failureText(failure, language).cause}
      </span>
    );
  if (platforms === undefined) return '';
  const rest = platforms.length - mostPlatforms;
  return (
    <span title={visibleText(platforms.join(', '))}>
      {platforms.slice(0, mostPlatforms).map((platform) => (
        <span key={platform} className="platform">
          {visibleText(platform.replace(/^linux\//, ''), 40)}
        </span>
      ))}
      {rest > 0 ? <span className="quiet">+{rest}</span> : null}
    </span>
  );
}

function stateOf({ state, moving, key }: ListedImage, t: TFunction) {
  if (moving !== undefined)
    return <Bar label={t('transfers.imageProgress', { reference: visibleText(key) })} share={moving} />;
  if (state === undefined) return '';
  const tone = state === 'some' ? 'new' : state;
  return (
    <span className={`tone-${tone}`}>
      <span className={`dot dot-${tone}`} />
      {t(`images.states.${state}`)}
    </span>
  );
}

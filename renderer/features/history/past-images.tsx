import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PastImage } from '../../../electron/contract/past-jobs.ts';
import { durationText } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf } from '../../state/client.tsx';
import { usePastImages } from '../../state/use-history.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { Grid } from '../../ui/grid.tsx';
import type { Column } from '../../ui/grid-types.ts';
import { ReferenceText } from '../../ui/reference-text.tsx';
import { PastImageDetails } from './past-image-details.tsx';

const dots = { copied: 'good', unchanged: 'same', skipped: 'unknown', failed: 'failed', cancelled: 'unknown' } as const;

/** How the images of a past job ended; the chosen one opens to its layers and what went wrong. */
export function PastImages(props: { readonly job: number; readonly failedOnly: boolean }) {
  const { job, failedOnly } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const { images, more, isPending, error } = usePastImages(job, failedOnly);
  const [chosen, setChosen] = useState<number>();
  const hasDetails = chosen !== undefined;
  const columns = useMemo<readonly Column<PastImage>[]>(
    () => [
      {
        id: 'source',
        title: t('transfers.source'),
        width: 'minmax(110px, 3fr)',
        cell: ({ source }) => <ReferenceText reference={source} />,
      },
      {
        id: 'destination',
        title: t('transfers.destination'),
        width: 'minmax(110px, 3fr)',
        cell: ({ destination }) => <ReferenceText reference={destination} />,
      },
      {
        id: 'outcome',
        title: t('history.outcome'),
        width: '110px',
        cell: ({ outcome }) => (
          <>
            <span className={`dot dot-${dots[outcome]}`} />
            {t(`transfers.phases.${outcome}`)}
          </>
        ),
      },
      ...(hasDetails
        ? []
        : ([
            {
              id: 'blobs',
              title: t('history.bytes'),
              width: '190px',
              isNumber: true,
              cell: ({ blobs }) => `${blobs.sent} / ${blobs.mounted} / ${blobs.present}`,
            },
            {
              id: 'took',
              title: t('history.took'),
              width: '92px',
              isNumber: true,
              cell: ({ seconds }) => durationText(seconds, language),
            },
          ] satisfies Column<PastImage>[])),
    ],
    [t, language, hasDetails],
  );
  const image = images.find(({ index }) => index === chosen);
  const key = image === undefined ? undefined : String(image.index);
  const choose = (at: number): void => setChosen(images[at]?.index);
  if (error !== null) return <FailureBox failure={failureOf(error)} />;
  return (
    <div className="past-split">
      <div className="past-grid">
        <Grid
          name="past-images"
          label={t('history.images')}
          rows={images}
          keyOf={keyOfImage}
          columns={columns}
          selection={{ keys: new Set(key === undefined ? [] : [key]), ...(key === undefined ? {} : { focus: key }) }}
          actions={{ click: choose, move: choose }}
          toneOf={({ outcome }) => (outcome === 'failed' ? 'failed' : undefined)}
          onVisible={(_, last) => {
            if (last >= images.length - 20) more();
          }}
          empty={isPending ? t('common.loading') : t('transfers.noneShown')}
        />
      </div>
      {image === undefined ? null : <PastImageDetails image={image} />}
    </div>
  );
}

function keyOfImage({ index }: PastImage): string {
  return String(index);
}

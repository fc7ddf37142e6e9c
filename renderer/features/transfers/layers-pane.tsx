import { useTranslation } from 'react-i18next';
import type { ImageLayer } from '../../../electron/contract/feeds.ts';
import { bytesText, shareOf } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useFeed } from '../../state/client.tsx';
import { Bar } from '../../ui/bar.tsx';

/** The layers of the chosen image: what was received of each, what was sent, and a word for where it stands. */
export function LayersPane(props: { readonly job: number; readonly index: number | undefined }) {
  const { job, index } = props;
  const { t } = useTranslation();
  const { snapshot } = useFeed('image', index === undefined ? undefined : { job, index });
  if (index === undefined) return <div className="nothing quiet">{t('transfers.chooseImage')}</div>;
  return (
    <div className="layers" role="list" aria-label={t('transfers.layers')} tabIndex={0}>
      {snapshot?.layers.map((layer, at) => (
        <Layer key={`${at} ${layer.digest}`} layer={layer} />
      ))}
    </div>
  );
}

function Layer(props: { readonly layer: ImageLayer }) {
  const { layer } = props;
  const { t } = useTranslation();
  const digest = visibleText(layer.digest.slice(layer.digest.indexOf(':') + 1).slice(0, 12));
  const isThere = layer.phase === 'present' || layer.phase === 'mounted' || layer.phase === 'sent';
  const isFromCache = layer.phase === 'sending' && layer.size > 0 && layer.cachedBytes >= layer.size;
  const word = t(`transfers.delivery.${layer.phase}`);
  return (
    <div className="layer" role="listitem">
      <span className="mono" title={visibleText(layer.digest)}>
        {digest}
      </span>
      <span className="grid-number">{bytesText(layer.size)}</span>
      <Bar
        label={t('transfers.layerProgress', { digest, phase: word })}
        share={isThere ? 1 : (shareOf(layer.sentBytes, layer.size) ?? 0)}
        under={isThere ? 1 : (shareOf(layer.receivedBytes + layer.cachedBytes, layer.size) ?? 0)}
        tone={isThere ? 'done' : layer.phase === 'failed' ? 'failed' : 'running'}
      />
      <span className="quiet layer-bytes">
        {isThere || layer.phase === 'waiting'
          ? ''
          : `↓ ${bytesText(layer.receivedBytes)}  ↑ ${bytesText(layer.sentBytes)}`}
      </span>
      <span className={layer.phase === 'failed' ? 'tone-bad' : layer.phase === 'sending' ? 'tone-run' : ''}>
        {word}
        {isFromCache ? ` · ${t('transfers.delivery.cached')}` : ''}
      </span>
    </div>
  );
}

import { useTranslation } from 'react-i18next';
import type { ImageName } from '../../../electron/contract/images.ts';
import { bytesText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useAnswer } from '../../state/client.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { Spinner } from '../../ui/kit.ts';

/** What an image is: its manifests by platform, their layers, and what refers to it. */
export function ImageSheet(props: { readonly image: ImageName; readonly onClose: () => void }) {
  const { image, onClose } = props;
  const { t } = useTranslation();
  const described = useAnswer('images.describe', { image });
  const name = `${image.repository}:${image.tag ?? ''}`;
  const { data } = described;
  return (
    <Sheet title={t('images.describe', { reference: visibleText(name, 120) })} onClose={onClose}>
      {described.isPending ? <Spinner size="tiny" label={t('common.loading')} /> : null}
      {described.error === null ? null : <FailureBox failure={failureOf(described.error)} />}
      {data === undefined ? null : (
        <div className="lines">
          <dl className="facts">
            <dt>{t('images.digest')}</dt>
            <dd className="line">
              <span className="mono wrap">{visibleText(data.digest)}</span>
              <CopyButton text={data.digest} label={t('common.copy')} />
            </dd>
            <dt>{t('images.mediaType')}</dt>
            <dd className="mono">{visibleText(data.mediaType)}</dd>
          </dl>
          <h3>{t('images.manifests')}</h3>
          {data.manifests.map((manifest) => (
            <details key={manifest.digest}>
              <summary>
                <span className="platform">
                  {manifest.isAttestation
                    ? t('images.attestation')
                    : visibleText(manifest.platform ?? t('common.unknown'))}
                </span>{' '}
                {bytesText(manifest.totalBytes)} · {t('images.layers')}: {manifest.layers.length}
              </summary>
              <ul className="pasted mono" tabIndex={0} aria-label={t('images.layers')}>
                {manifest.layers.map((layer, index) => (
                  <li key={`${index} ${layer.digest}`} className="line">
                    <span className="cut grow">{visibleText(layer.digest)}</span>
                    <span>{bytesText(layer.size)}</span>
                  </li>
                ))}
              </ul>
            </details>
          ))}
          {data.referrers.length + data.cosignTags.length === 0 ? null : (
            <>
              <h3>{t('images.referrers')}</h3>
              <ul className="pasted mono" tabIndex={0} aria-label={t('images.referrers')}>
                {data.referrers.map(({ digest, artifactType, size }) => (
                  <li key={digest} className="cut">
                    {visibleText(artifactType)} · {bytesText(size)}
                  </li>
                ))}
                {data.cosignTags.map((tag) => (
                  <li key={tag} className="cut">
                    {visibleText(tag)}
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </Sheet>
  );
}

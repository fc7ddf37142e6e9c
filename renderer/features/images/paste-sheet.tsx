import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useAnswer } from '../../state/client.tsx';
import { useSettled } from '../../state/use-settled.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { FileButton } from '../../ui/file-button.tsx';
import { FindingList } from '../../ui/findings.tsx';
import { ImportIcon } from '../../ui/icons.ts';
import { Button, Field, Textarea } from '../../ui/kit.ts';

const mostListed = 200;

/** Takes a pasted list of images, shows what it names, and plans their copy to the chosen destinations. */
export function PasteSheet(props: { readonly onClose: () => void }) {
  const { onClose } = props;
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const asked = useSettled(text, 300);
  const found = useAnswer('images.pasted', asked.trim() === '' ? undefined : { text: asked });
  const { destinations, template, plan } = useWorkspace();
  const images = found.data?.images ?? [];
  const copy = (): void => {
    const file = { name: t('images.pasteTitle'), text };
    plan({ file, kind: 'list', destinations: destinations.map((registry) => ({ registry, template })) });
    onClose();
  };
  return (
    <Sheet
      title={t('images.pasteTitle')}
      onClose={onClose}
      actions={
        <>
          {destinations.length === 0 ? <span className="quiet">{t('import.noDestination')}</span> : null}
          <Button appearance="primary" disabled={images.length === 0 || destinations.length === 0} onClick={copy}>
            {t('import.plan')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <div className="lines">
        <Field label={t('images.pasteIntro')}>
          <Textarea
            className="mono"
            rows={9}
            autoFocus
            value={text}
            spellCheck={false}
            onChange={(_, { value }) => setText(value)}
          />
        </Field>
        <div className="line">
          <FileButton label={t('common.choose')} icon={<ImportIcon />} onFile={(file) => setText(file.text)} />
          {found.data === undefined ? null : (
            <strong aria-live="polite">{t('images.pasteFound', { count: images.length })}</strong>
          )}
        </div>
        {found.error === null ? null : <FailureBox failure={failureOf(found.error)} />}
        {found.data === undefined ? null : <FindingList findings={found.data.findings} />}
        {images.length === 0 ? null : (
          <ul className="pasted mono" tabIndex={0} aria-label={t('images.pasteFound', { count: images.length })}>
            {images.slice(0, mostListed).map(({ reference }, index) => (
              <li key={`${index} ${reference}`} className="cut">
                {visibleText(reference)}
              </li>
            ))}
            {images.length > mostListed ? (
              <li className="quiet">{t('images.previewMore', { n: images.length - mostListed })}</li>
            ) : null}
          </ul>
        )}
      </div>
    </Sheet>
  );
}

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Sheet } from '../../ui/dialogs.tsx';
import { FileButton } from '../../ui/file-button.tsx';
import { fileOfText, type NamedFile } from '../../ui/given-file.ts';
import { ImportIcon } from '../../ui/icons.ts';
import { Button, Field, Textarea } from '../../ui/kit.ts';
import { ImportedFile } from './imported-file.tsx';

/** Imports pasted, chosen or dropped texts: credentials, lists and image-syncer's files. */
export function ImportSheet(props: {
  readonly files: readonly NamedFile[];
  readonly tooLarge: readonly string[];
  readonly onClose: () => void;
}) {
  const { onClose } = props;
  const { t } = useTranslation();
  const [files, setFiles] = useState(props.files);
  const [tooLarge, setTooLarge] = useState(props.tooLarge);
  const [pasted, setPasted] = useState('');
  const add = (file: NamedFile): void => setFiles((before) => [...before, file]);
  return (
    <Sheet title={t('import.title')} onClose={onClose}>
      <div className="lines">
        <p className="plain quiet">{t('import.intro')}</p>
        <Field label={t('import.paste')}>
          <Textarea
            className="mono"
            rows={files.length === 0 ? 8 : 3}
            value={pasted}
            spellCheck={false}
            onChange={(_, { value }) => setPasted(value)}
          />
        </Field>
        <div className="line">
          <FileButton
            label={t('common.choose')}
            icon={<ImportIcon />}
            onFile={add}
            onTooLarge={(name) => setTooLarge((before) => [...before, name])}
          />
          <Button
            appearance={files.length === 0 ? 'primary' : 'secondary'}
            disabled={pasted.trim() === ''}
            onClick={() => {
              add(fileOfText(t('import.file', { n: files.length + 1 }), pasted));
              setPasted('');
            }}
          >
            {t('import.look')}
          </Button>
        </div>
        {tooLarge.map((name) => (
          <p key={name} className="plain tone-bad">
            {t('app.droppedTooLarge', { name })}
          </p>
        ))}
        {files.map((file, index) => (
          <ImportedFile key={`${index} ${file.name}`} file={file} others={files} onPlanned={onClose} />
        ))}
      </div>
    </Sheet>
  );
}

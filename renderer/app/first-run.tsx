import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ImportedFile } from '../features/registries/imported-file.tsx';
import { visibleText } from '../format/visible.ts';
import { useAnswer } from '../state/client.tsx';
import { useSettings } from '../state/use-settings.ts';
import { Sheet } from '../ui/dialogs.tsx';
import { FileButton } from '../ui/file-button.tsx';
import type { NamedFile } from '../ui/given-file.ts';
import { ImportIcon } from '../ui/icons.ts';
import { Button } from '../ui/kit.ts';
import { LanguageChoice } from '../ui/language-choice.tsx';

/** The first minute: language, where things are kept, what to bring along. All of it can be skipped. */
export function FirstRun() {
  const { t } = useTranslation();
  const { settings, change } = useSettings();
  const about = useAnswer('about.get', {});
  const [files, setFiles] = useState<readonly NamedFile[]>([]);
  const [isClosed, setClosed] = useState(false);
  const close = (): void => {
    setClosed(true);
    void change({ firstRunDone: true }).catch(() => {});
  };
  if (isClosed || settings === undefined) return null;
  return (
    <Sheet
      title={t('firstRun.title')}
      onClose={close}
      actions={
        <>
          <Button appearance="primary" onClick={close}>
            {t('firstRun.start')}
          </Button>
          <Button onClick={close}>{t('firstRun.skip')}</Button>
        </>
      }
    >
      <div className="lines">
        <p className="plain">{t('firstRun.intro')}</p>
        <LanguageChoice value={settings.language} onChange={(language) => void change({ language }).catch(() => {})} />
        <div>
          <h3>{t('firstRun.folder')}</h3>
          <div className="mono wrap">
            {visibleText(about.data?.folders['data'] ?? Object.values(about.data?.folders ?? {})[0] ?? '–')}
          </div>
          <div className="quiet">{t('firstRun.folderHint')}</div>
        </div>
        <div className="lines tight">
          <h3>{t('firstRun.import')}</h3>
          <p className="plain quiet">{t('firstRun.importText')}</p>
          <div>
            <FileButton
              label={t('common.choose')}
              icon={<ImportIcon />}
              onFile={(file) => setFiles((before) => [...before, file])}
            />
          </div>
          {files.map((file, index) => (
            <ImportedFile key={`${index} ${file.name}`} file={file} others={files} onPlanned={close} />
          ))}
        </div>
      </div>
    </Sheet>
  );
}

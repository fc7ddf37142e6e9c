import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../format/visible.ts';
import { useFolder, useHasDialogs, usePick } from '../../state/use-files.ts';
import { FileBrowser } from '../../ui/file-browser.tsx';
import { Button, Field, Input } from '../../ui/kit.ts';
import { isFileName, type TargetDraft } from './target.ts';

/** Where a file is written to: a dialog of the shell, else a name in a folder of the machine that runs the program. */
export function TargetField(props: { readonly target: TargetDraft; readonly onChange: (target: TargetDraft) => void }) {
  const { target, onChange } = props;
  const { t } = useTranslation();
  const hasDialogs = useHasDialogs();
  const pick = usePick();
  const { folder, listing, failure, go } = useFolder(hasDialogs === false);
  const isFolder = listing !== undefined && listing.folder !== '';
  useEffect(() => {
    if (hasDialogs !== false) return;
    const place = folder === undefined || !isFolder ? undefined : ({ kind: 'folder', handle: folder } as const);
    if (target.place?.handle !== place?.handle) onChange({ name: target.name, ...(place && { place }) });
  }, [hasDialogs, folder, isFolder, target, onChange]);
  if (hasDialogs === undefined) return null;
  if (hasDialogs) {
    const ask = async (): Promise<void> => {
      const [file] = await pick({ purpose: 'export', name: target.name });
      if (file !== undefined) onChange({ name: file.name, place: { kind: 'file', handle: file.handle } });
    };
    return (
      <div className="line">
        <Button onClick={() => void ask()}>{t('files.saveAs')}</Button>
        <span className={target.place === undefined ? 'quiet' : ''}>
          {target.place === undefined ? t('files.none') : visibleText(target.name, 255)}
        </span>
      </div>
    );
  }
  const isWrong = !isFileName(target.name);
  return (
    <div className="lines tight">
      <Field label={t('files.name')} {...(isWrong ? { validationMessage: t('files.nameWrong') } : {})}>
        <Input
          value={target.name}
          spellCheck={false}
          onChange={(_, { value }) => onChange({ ...target, name: value })}
        />
      </Field>
      <FileBrowser
        listing={listing}
        failure={failure}
        chosen={new Set()}
        onFolder={go}
        onFile={({ name }) => onChange({ ...target, name })}
      />
    </div>
  );
}

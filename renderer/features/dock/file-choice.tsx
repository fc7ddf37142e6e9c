import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../format/visible.ts';
import { useFolder, useHasDialogs, usePick } from '../../state/use-files.ts';
import { FileBrowser } from '../../ui/file-browser.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { CloseIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import type { ChosenFile } from './dock-form.ts';

/** One file under a label: by a dialog of the shell, else from the disk of the machine that runs the program. */
export function FileChoice(props: {
  readonly label: string;
  readonly purpose: 'users' | 'ca' | 'key';
  readonly file: ChosenFile | undefined;
  readonly onChange: (file: ChosenFile | undefined) => void;
}) {
  const { label, purpose, file, onChange } = props;
  const { t } = useTranslation();
  const hasDialogs = useHasDialogs();
  const pick = usePick();
  const [isBrowsing, setBrowsing] = useState(false);
  const { listing, failure, go } = useFolder(isBrowsing);
  const choose = async (): Promise<void> => {
    if (hasDialogs !== true) return setBrowsing(!isBrowsing);
    const [picked] = await pick({ purpose });
    if (picked !== undefined) onChange(picked);
    return undefined;
  };
  return (
    <div className="lines tight" role="group" aria-label={label}>
      <span>{label}</span>
      <div className="line">
        <Button size="small" aria-expanded={isBrowsing} onClick={() => void choose().catch(() => {})}>
          {t('files.choose')}
        </Button>
        <span className={`cut grow${file === undefined ? ' quiet' : ''}`}>
          {file === undefined ? t('files.none') : visibleText(file.name, 255)}
        </span>
        {file === undefined ? null : (
          <IconButton label={t('common.remove')} icon={<CloseIcon />} onClick={() => onChange(undefined)} />
        )}
      </div>
      {isBrowsing ? (
        <FileBrowser
          listing={listing}
          failure={failure}
          chosen={new Set(file === undefined ? [] : [file.handle])}
          onFolder={go}
          onFile={({ handle, name }) => {
            onChange({ handle, name });
            setBrowsing(false);
          }}
        />
      ) : null}
    </div>
  );
}

import { useTranslation } from 'react-i18next';
import { visibleText } from '../../format/visible.ts';
import { FileButton } from '../../ui/file-button.tsx';
import type { NamedFile } from '../../ui/given-file.ts';

/** Takes image-syncer's auth file for an images file: the one that was given with it, or one that is chosen. */
export function AuthChoice(props: {
  readonly auth: NamedFile | undefined;
  readonly onAuth: (auth: NamedFile) => void;
}) {
  const { auth, onAuth } = props;
  const { t } = useTranslation();
  return (
    <div className="line">
      <span>{t('import.auth')}:</span>
      {auth === undefined ? (
        <span className="quiet cut grow">{t('import.authNone')}</span>
      ) : (
        <span className="cut grow">
          <strong>{visibleText(auth.name, 80)}</strong> <span className="quiet">{t('import.authKept')}</span>
        </span>
      )}
      <FileButton label={t('import.authChoose')} onFile={onAuth} />
    </div>
  );
}

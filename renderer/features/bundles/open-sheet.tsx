import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groupVolumes } from '../../format/bundle-name.ts';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useDeed } from '../../state/client.tsx';
import { useCarrying } from '../../state/carrying.ts';
import { useFolder } from '../../state/use-files.ts';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { FileBrowser } from '../../ui/file-browser.tsx';
import { Button } from '../../ui/kit.ts';

/** Opens files of images where the shell has no dialog: from the disk of the machine that runs the program. */
export function OpenSheet(props: { readonly wanted?: string; readonly onClose: () => void }) {
  const { wanted, onClose } = props;
  const { t } = useTranslation();
  const { folder, listing, failure, go } = useFolder(true);
  const [files, setFiles] = useState<readonly { readonly handle: string; readonly name: string }[]>([]);
  const open = useDeed('bundles.open');
  const choose = useCarrying((carrying) => carrying.choose);
  const openAll = async (groups: readonly (readonly { readonly handle: string }[])[]): Promise<void> => {
    for (const group of groups) {
      const { bundle } = await open.mutateAsync({ files: group.map(({ handle }) => handle) });
      choose({ kind: 'bundle', id: bundle });
    }
    onClose();
  };
  const isFolder = listing !== undefined && listing.folder !== '';
  return (
    <Sheet
      title={t('files.title')}
      onClose={onClose}
      actions={
        <>
          <Button
            appearance="primary"
            disabled={files.length === 0 || open.isPending}
            onClick={() => void openAll(groupVolumes(files)).catch(() => {})}
          >
            {t('files.open')}
          </Button>
          <Button
            disabled={!isFolder || folder === undefined || open.isPending}
            onClick={() => void openAll(folder === undefined ? [] : [[{ handle: folder }]]).catch(() => {})}
          >
            {t('files.openFolder')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <div className="lines">
        <p className={`plain${wanted === undefined ? ' quiet' : ''}`}>
          {wanted === undefined ? t('files.intro') : t('files.dropped', { name: visibleText(wanted, 120) })}
        </p>
        {open.error === null ? null : <FailureBox failure={failureOf(open.error)} />}
        <FileBrowser
          listing={listing}
          failure={failure}
          chosen={new Set(files.map(({ handle }) => handle))}
          onFolder={(handle) => {
            setFiles([]);
            go(handle);
          }}
          onFile={({ handle, name }) =>
            setFiles((now) =>
              now.some((file) => file.handle === handle)
                ? now.filter((file) => file.handle !== handle)
                : [...now, { handle, name }],
            )
          }
        />
      </div>
    </Sheet>
  );
}

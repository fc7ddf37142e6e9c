import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotOf } from '../../../electron/contract/feeds.ts';
import { failureOf, useDeed, useFeed } from '../../state/client.tsx';
import { type FileChoice, useCarrying } from '../../state/carrying.ts';
import { useHasDialogs, usePick } from '../../state/use-files.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { OpenFileIcon, ReceiptIcon } from '../../ui/icons.ts';
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '../../ui/kit.ts';
import { Splitter } from '../../ui/splitter.tsx';
import { ExportedDetails } from './exported-details.tsx';
import { chosenFile } from './files.ts';
import { FileList } from './file-list.tsx';
import { OpenSheet } from './open-sheet.tsx';
import { OpenedDetails } from './opened-details.tsx';
import { ReceiptDetails } from './receipt-details.tsx';
import { ReceiptSheet } from './receipt-sheet.tsx';

/** Files that cross a gap: what is open, what was written, and receipts. */
export function BundlesPage() {
  const { t } = useTranslation();
  const { snapshot, failure } = useFeed('bundles', {});
  const { chosen: wantedChoice, choose, wanted, want } = useCarrying();
  const [sheet, setSheet] = useState<'open' | 'receipt'>();
  const hasDialogs = useHasDialogs();
  const pick = usePick();
  const open = useDeed('bundles.open');
  const ask = async (purpose: 'bundle' | 'folder'): Promise<void> => {
    const files = await pick({ purpose, multiple: purpose === 'bundle' });
    if (files.length === 0) return;
    const { bundle } = await open.mutateAsync({ files: files.map(({ handle }) => handle) });
    choose({ kind: 'bundle', id: bundle });
  };
  const chosen = snapshot === undefined ? undefined : chosenFile(snapshot, wantedChoice);
  return (
    <div className="page">
      <div className="bar-line line">
        {hasDialogs === true ? (
          <Menu>
            <MenuTrigger disableButtonEnhancement>
              <Button appearance="primary" icon={<OpenFileIcon />}>
                {t('bundles.open')}
              </Button>
            </MenuTrigger>
            <MenuPopover>
              <MenuList>
                <MenuItem onClick={() => void ask('bundle').catch(() => {})}>{t('bundles.openFile')}</MenuItem>
                <MenuItem onClick={() => void ask('folder').catch(() => {})}>{t('bundles.openFolder')}</MenuItem>
              </MenuList>
            </MenuPopover>
          </Menu>
        ) : (
          <Button appearance="primary" icon={<OpenFileIcon />} onClick={() => setSheet('open')}>
            {t('bundles.open')}
          </Button>
        )}
        <Button appearance="subtle" icon={<ReceiptIcon />} onClick={() => setSheet('receipt')}>
          {t('bundles.receipt')}
        </Button>
        <span className="quiet cut grow">{t('bundles.dropHint')}</span>
      </div>
      {failure === undefined ? null : <FailureBox failure={failure} />}
      {open.error === null ? null : <FailureBox failure={failureOf(open.error)} />}
      <div className="page-grid">
        {snapshot === undefined || chosen === undefined ? (
          <div className="nothing quiet">{snapshot === undefined ? t('common.loading') : t('bundles.none')}</div>
        ) : (
          <Splitter name="bundles" direction="columns" label={t('bundles.list')} initial={270} least={200} most={480}>
            <FileList files={snapshot} chosen={chosen} onChoose={choose} />
            <Chosen files={snapshot} chosen={chosen} />
          </Splitter>
        )}
      </div>
      {sheet === 'open' || wanted !== undefined ? (
        <OpenSheet
          {...(wanted === undefined ? {} : { wanted })}
          onClose={() => {
            want(undefined);
            setSheet(undefined);
          }}
        />
      ) : null}
      {sheet === 'receipt' ? <ReceiptSheet onClose={() => setSheet(undefined)} /> : null}
    </div>
  );
}

function Chosen(props: { readonly files: SnapshotOf<'bundles'>; readonly chosen: FileChoice }) {
  const { files, chosen } = props;
  switch (chosen.kind) {
    case 'bundle': {
      const bundle = files.bundles.find((each) => each.bundle === chosen.id);
      return bundle === undefined ? null : <OpenedDetails key={bundle.bundle} bundle={bundle} />;
    }
    case 'export': {
      const exported = files.exports.find(({ job }) => job === chosen.job);
      return exported === undefined ? null : <ExportedDetails exported={exported} />;
    }
    default: {
      const receipt = files.receipts.find((each) => each.receipt === chosen.id);
      return receipt === undefined ? null : <ReceiptDetails receipt={receipt} />;
    }
  }
}

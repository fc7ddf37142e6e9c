import { useTranslation } from 'react-i18next';
import type { Registry } from '../../../electron/contract/registries.ts';
import { countText } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';
import type { ListedImage } from '../../state/image-rows.ts';
import { type Shown, useWorkspace } from '../../state/workspace.ts';
import { CopyIcon, ExportIcon, InfoIcon, PasteIcon, RefreshIcon, StartIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import { ActionMenu } from '../../ui/menu.tsx';
import { DestinationPicker } from './destination-picker.tsx';

/** What can be done with the selection, and where it goes. */
export function ImagesBar(props: {
  readonly selected: readonly ListedImage[];
  readonly shown: Shown | undefined;
  readonly canCopy: boolean;
  readonly registries: readonly Registry[];
  readonly onCopy: () => void;
  readonly onExport: () => void;
  readonly onRefresh: () => void;
  readonly onPaste: () => void;
  readonly onAll: (() => void) | undefined;
  readonly onNone: (() => void) | undefined;
  readonly onDetails: (() => void) | undefined;
}) {
  const { selected, shown, canCopy, registries, onCopy, onExport, onRefresh, onPaste, onAll, onNone, onDetails } =
    props;
  const { t } = useTranslation();
  const language = useLanguage();
  const { destinations, setDestinations } = useWorkspace();
  const host = registries.find(({ id }) => id === shown?.registry)?.host ?? '';
  const references = (): string => selected.map(({ key }) => `${host}/${key}`).join('\n');
  return (
    <div className="bar-line line">
      <Button
        appearance="primary"
        icon={<StartIcon />}
        disabled={!canCopy}
        title={t('images.copyHint')}
        onClick={onCopy}
      >
        {t('images.copySelected', { n: countText(selected.length, language) })}
      </Button>
      <Button
        className="images-export"
        appearance="subtle"
        icon={<ExportIcon />}
        disabled={selected.length === 0}
        onClick={onExport}
      >
        {t('exports.button')}
      </Button>
      <Button appearance="subtle" icon={<RefreshIcon />} disabled={shown === undefined} onClick={onRefresh}>
        {t('images.refresh')}
      </Button>
      <Button appearance="subtle" icon={<PasteIcon />} onClick={onPaste}>
        {t('images.paste')}
      </Button>
      <ActionMenu
        label={t('images.moreActions')}
        actions={[
          { text: t('images.details'), icon: <InfoIcon />, isOff: onDetails === undefined, act: () => onDetails?.() },
          {
            text: t('images.copyReferences'),
            icon: <CopyIcon />,
            isOff: selected.length === 0,
            act: () => void navigator.clipboard.writeText(references()),
          },
          { text: t('images.selectAll'), keys: 'Ctrl+A', isApart: true, act: () => onAll?.() },
          { text: t('images.selectNone'), keys: 'Esc', act: () => onNone?.() },
        ]}
      />
      <span className="grow" />
      <DestinationPicker registries={registries} chosen={destinations} onChange={setDestinations} />
    </div>
  );
}

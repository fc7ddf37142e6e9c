import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportBase } from '../../../electron/contract/bundles.ts';
import { visibleText } from '../../format/visible.ts';
import { useFeed } from '../../state/client.tsx';
import { useFolder, useHasDialogs, usePick } from '../../state/use-files.ts';
import { FileBrowser } from '../../ui/file-browser.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { AddIcon, CloseIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import type { NamedBase } from './export-form.ts';

/** What the site holds already: receipts and bundles, of this window or from a disk. */
export function BaseField(props: {
  readonly bases: readonly NamedBase[];
  readonly onChange: (bases: readonly NamedBase[]) => void;
}) {
  const { bases, onChange } = props;
  const { t } = useTranslation();
  const { snapshot } = useFeed('bundles', {});
  const hasDialogs = useHasDialogs();
  const pick = usePick();
  const [isBrowsing, setBrowsing] = useState(false);
  const { listing, failure, go } = useFolder(isBrowsing);
  const has = (base: ExportBase): boolean => bases.some((each) => JSON.stringify(each.base) === JSON.stringify(base));
  const add = (name: string, base: ExportBase): void => {
    if (!has(base)) onChange([...bases, { name, base }]);
  };
  const offered: readonly NamedBase[] = [
    ...(snapshot?.receipts ?? []).flatMap(({ receipt, name, state }) =>
      state === 'written'
        ? [{ name: t('exports.baseReceipt', { name: visibleText(name, 60) }), base: { receipt } }]
        : [],
    ),
    ...(snapshot?.bundles ?? []).flatMap(({ bundle, name, state }) =>
      state === 'open' ? [{ name: t('exports.baseBundle', { name: visibleText(name, 60) }), base: { bundle } }] : [],
    ),
  ].filter(({ base }) => !has(base));
  const choose = async (): Promise<void> => {
    if (hasDialogs !== true) return setBrowsing(!isBrowsing);
    const files = await pick({ purpose: 'bundle', multiple: false });
    for (const { name, handle } of files) add(name, { handle });
    return undefined;
  };
  return (
    <section className="lines tight" aria-label={t('exports.base')}>
      <h3>{t('exports.base')}</h3>
      {bases.length === 0 ? <p className="plain quiet">{t('exports.baseNone')}</p> : null}
      {bases.map(({ name, base }) => (
        <div key={JSON.stringify(base)} className="line chosen-base">
          <span className="cut grow">{visibleText(name, 120)}</span>
          <IconButton
            label={t('exports.remove', { name: visibleText(name, 60) })}
            icon={<CloseIcon />}
            onClick={() => onChange(bases.filter((each) => each.base !== base))}
          />
        </div>
      ))}
      <div className="line wraps">
        <Button size="small" aria-expanded={isBrowsing} onClick={() => void choose().catch(() => {})}>
          {t('exports.baseFile')}
        </Button>
        {offered.map(({ name, base }) => (
          <Button
            key={JSON.stringify(base)}
            size="small"
            appearance="subtle"
            icon={<AddIcon />}
            onClick={() => add(name, base)}
          >
            {name}
          </Button>
        ))}
      </div>
      {isBrowsing ? (
        <FileBrowser
          listing={listing}
          failure={failure}
          chosen={new Set(bases.flatMap(({ base }) => ('handle' in base ? [base.handle] : [])))}
          onFolder={go}
          onFile={({ name, handle }) => {
            add(name, { handle });
            setBrowsing(false);
          }}
        />
      ) : null}
    </section>
  );
}

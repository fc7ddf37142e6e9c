import { type KeyboardEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf, useAnswer } from '../../state/client.tsx';
import { useWorkspace } from '../../state/workspace.ts';
import { useSettled } from '../../state/use-settled.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { AddIcon, ImportIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import type { PlacesSheet } from './places-sheet.ts';
import { RegistryEditor } from './registry-editor.tsx';
import { RegistryNode } from './registry-node.tsx';
import { TestSheet } from './test-sheet.tsx';
import { TypeRepository } from './type-repository.tsx';

/** The tree of sources and destinations. */
export function Places(props: { readonly onImport: () => void }) {
  const { t } = useTranslation();
  const registries = useAnswer('registries.list', {});
  const [sheet, setSheet] = useState<PlacesSheet>();
  const forgetAllBut = useWorkspace((workspace) => workspace.forgetAllBut);
  const { data } = registries;
  useEffect(() => {
    if (data !== undefined) forgetAllBut(data.map(({ id }) => id));
  }, [data, forgetAllBut]);
  const [search, setSearch] = useState('');
  const asked = useSettled(search.trim(), 250);
  const close = (): void => setSheet(undefined);
  return (
    <section className="places" aria-label={t('app.places')}>
      <div className="places-head line">
        <h2 className="grow cut">{t('app.places')}</h2>
        <Button
          size="small"
          appearance="subtle"
          icon={<ImportIcon />}
          aria-label={t('registries.import')}
          title={t('registries.import')}
          onClick={props.onImport}
        />
        <Button
          size="small"
          appearance="subtle"
          icon={<AddIcon />}
          aria-label={t('registries.add')}
          title={t('registries.add')}
          onClick={() => setSheet({ kind: 'add' })}
        />
      </div>
      {registries.error === null ? null : <FailureBox failure={failureOf(registries.error)} />}
      {registries.data?.length === 0 ? (
        <div className="places-none lines">
          <p className="plain quiet">{t('registries.none')}</p>
          <Button appearance="primary" icon={<AddIcon />} onClick={() => setSheet({ kind: 'add' })}>
            {t('registries.add')}
          </Button>
        </div>
      ) : (
        <>
          <input
            className="tree-search"
            type="search"
            placeholder={t('registries.findRepository')}
            aria-label={t('registries.findRepository')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          <div className="tree" role="tree" aria-label={t('app.places')} onKeyDown={moveInTree}>
            {registries.data?.map((registry, index) => (
              <RegistryNode
                key={registry.id}
                registry={registry}
                isFirst={index === 0}
                search={asked}
                open={setSheet}
              />
            ))}
          </div>
        </>
      )}
      <p className="places-hint quiet">{t('app.dropHint')}</p>
      {sheet?.kind === 'add' ? <RegistryEditor onClose={close} /> : null}
      {sheet?.kind === 'edit' ? <RegistryEditor registry={sheet.registry} onClose={close} /> : null}
      {sheet?.kind === 'test' ? <TestSheet registry={sheet.registry} onClose={close} /> : null}
      {sheet?.kind === 'type' ? <TypeRepository registry={sheet.registry} onClose={close} /> : null}
    </section>
  );
}

/** The keys of a tree, over whatever nodes are open. WAI-ARIA authoring practices, "Tree View Pattern". */
function moveInTree(event: KeyboardEvent<HTMLElement>): void {
  const node = event.target instanceof HTMLElement ? event.target : undefined;
  if (node?.getAttribute('role') !== 'treeitem') return;
  const nodes = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=treeitem]')];
  const at = nodes.indexOf(node);
  const isOpen = node.getAttribute('aria-expanded');
  const parent = nodes.slice(0, at).findLast((before) => before.getAttribute('aria-level') === '1');
  const to = (target: HTMLElement | undefined): void => target?.focus();
  switch (event.key) {
    case 'ArrowDown':
      to(nodes[at + 1]);
      break;
    case 'ArrowUp':
      to(nodes[at - 1]);
      break;
    case 'Home':
      to(nodes[0]);
      break;
    case 'End':
      to(nodes.at(-1));
      break;
    case 'ArrowRight':
      if (isOpen === 'false') node.querySelector<HTMLElement>('.tree-twist')?.click();
      else to(nodes[at + 1]);
      break;
    case 'ArrowLeft':
      if (isOpen === 'true') node.querySelector<HTMLElement>('.tree-twist')?.click();
      else to(parent);
      break;
    case 'Enter':
    case ' ':
      node.click();
      break;
    default:
      return;
  }
  event.preventDefault();
}

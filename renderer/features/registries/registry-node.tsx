import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Registry } from '../../../electron/contract/registries.ts';
import { failureText } from '../../format/error-text.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { useCarry } from '../../state/carry.ts';
import { useDeed } from '../../state/client.tsx';
import { useReach } from '../../state/reach.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { ClosedIcon, EditIcon, OpenIcon, RemoveIcon, SearchIcon, TestIcon } from '../../ui/icons.ts';
import { ActionMenu } from '../../ui/menu.tsx';
import type { PlacesSheet } from './places-sheet.ts';
import { RepositoryNodes } from './repository-nodes.tsx';

/** A registry in the tree: its dot, its name, what can be done with it, and its repositories when it is open. */
export function RegistryNode(props: {
  readonly registry: Registry;
  readonly isFirst: boolean;
  /** A word that repositories must hold. */
  readonly search: string;
  readonly open: (sheet: PlacesSheet) => void;
}) {
  const { registry, isFirst, search, open } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const remove = useDeed('registries.remove', ['registries.list']);
  const shown = useWorkspace((workspace) => workspace.shown);
  const show = useWorkspace((workspace) => workspace.show);
  const reach = useReach((reaches) => reaches.of[registry.id]);
  const isOver = useCarry(({ count, over }) => count > 0 && over.split(' ').includes(registry.id));
  const name = visibleText(registry.name);
  const isShown = shown?.registry === registry.id && shown.repository === undefined;
  const dot =
    reach === undefined
      ? t('registries.dotUnknown')
      : reach.failure !== undefined
        ? t('registries.dotBad', { cause: failureText(reach.failure, language).cause })
        : registry.user === undefined
          ? t('registries.dotGood')
          : t('registries.dotSigned', { user: visibleText(registry.user) });
  return (
    <>
      <div
        className={`tree-node tree-registry${isOver ? ' is-over' : ''}`}
        role="treeitem"
        aria-level={1}
        aria-expanded={isOpen}
        aria-selected={isShown}
        aria-label={`${name}, ${dot}`}
        tabIndex={isFirst || isShown ? 0 : -1}
        data-drop={registry.id}
        onClick={() => {
          show({ registry: registry.id });
          setOpen(true);
        }}
      >
        <span
          className="tree-twist"
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            setOpen(!isOpen);
          }}
        >
          {isOpen ? <OpenIcon /> : <ClosedIcon />}
        </span>
        <span className={`dot dot-${reach?.state ?? 'unknown'}`} title={dot} />
        <span className="cut grow" title={`${visibleText(registry.host)} – ${dot}`}>
          {name}
        </span>
        <span className="tree-menu" onClick={(event) => event.stopPropagation()}>
          <ActionMenu
            label={t('registries.actions', { name })}
            actions={[
              { text: t('common.test'), icon: <TestIcon />, act: () => open({ kind: 'test', registry }) },
              { text: t('common.edit'), icon: <EditIcon />, act: () => open({ kind: 'edit', registry }) },
              { text: t('registries.typed'), icon: <SearchIcon />, act: () => open({ kind: 'type', registry }) },
              {
                text: t('registries.remove'),
                icon: <RemoveIcon />,
                isApart: true,
                // the engine asks before it does that
                act: () => remove.mutate({ id: registry.id }),
              },
            ]}
          />
        </span>
      </div>
      {isOpen ? (
        <RepositoryNodes
          key={search}
          registry={registry}
          search={search}
          onType={() => open({ kind: 'type', registry })}
        />
      ) : null}
    </>
  );
}

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Registry } from '../../../electron/contract/registries.ts';
import { failureText } from '../../format/error-text.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf, useAnswer } from '../../state/client.tsx';
import { useWorkspace } from '../../state/workspace.ts';

const onePage = 200;

/** The repositories of an open registry that hold a word in their path, page after page. */
export function RepositoryNodes(props: {
  readonly registry: Registry;
  readonly search: string;
  readonly onType: () => void;
}) {
  const { registry, search, onType } = props;
  const [pages, setPages] = useState<readonly string[]>(['']);
  return (
    <>
      {pages.map((after, index) => (
        <RepositoryPage
          key={after}
          registry={registry}
          search={search}
          after={after}
          isLast={index === pages.length - 1}
          onMore={(next) => setPages([...pages, next])}
          onType={onType}
        />
      ))}
    </>
  );
}

function RepositoryPage(props: {
  readonly registry: Registry;
  readonly search: string;
  readonly after: string;
  readonly isLast: boolean;
  readonly onMore: (next: string) => void;
  readonly onType: () => void;
}) {
  const { registry, search, after, isLast, onMore, onType } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const shown = useWorkspace((workspace) => workspace.shown);
  const show = useWorkspace((workspace) => workspace.show);
  const page = useAnswer('images.repositories', {
    place: { kind: 'registry', id: registry.id },
    most: onePage,
    ...(search === '' ? {} : { search }),
    ...(after === '' ? {} : { after }),
  });
  if (page.isPending) return <div className="tree-note">{t('common.loading')}</div>;
  if (page.error !== null)
    return <div className="tree-note tone-bad">{failureText(failureOf(page.error), language).cause}</div>;
  const { repositories, next } = page.data;
  return (
    <>
      {repositories.map(({ path, tags }) => {
        const isShown = shown?.registry === registry.id && shown.repository === path;
        return (
          <div
            key={path}
            className="tree-node tree-repository"
            role="treeitem"
            aria-level={2}
            aria-selected={isShown}
            tabIndex={isShown ? 0 : -1}
            title={visibleText(path)}
            onClick={() => show({ registry: registry.id, repository: path })}
          >
            <span className="cut grow">{visibleText(path)}</span>
            {tags === undefined ? null : <span className="quiet">{tags}</span>}
          </div>
        );
      })}
      {repositories.length === 0 && after === '' ? (
        <div className="tree-note">{t('registries.noRepositories')}</div>
      ) : null}
      {isLast && next !== undefined ? (
        <NoteNode text={t('registries.moreRepositories')} onClick={() => onMore(next)} />
      ) : null}
      {isLast &&
      next === undefined &&
      (page.data.listing === 'closed' || page.data.listing === 'typed' || repositories.length === 0) ? (
        <NoteNode text={t('registries.typeRepository')} onClick={onType} />
      ) : null}
    </>
  );
}

function NoteNode(props: { readonly text: string; readonly onClick: () => void }) {
  return (
    <div
      className="tree-node tree-repository tone-run"
      role="treeitem"
      aria-level={2}
      aria-selected={false}
      tabIndex={-1}
      onClick={props.onClick}
    >
      {props.text}
    </div>
  );
}

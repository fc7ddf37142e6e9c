import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BundleRow, OpenedBundle } from '../../../electron/contract/bundles.ts';
import { visibleText } from '../../format/visible.ts';
import { countText } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf, useDeed } from '../../state/client.tsx';
import { useCarrying } from '../../state/carrying.ts';
import { useRowWindow } from '../../state/use-row-window.ts';
import {
  clickRow,
  moveTo,
  nothingSelected,
  selectAll,
  selectCovered,
  type Selection,
  toggleRow,
} from '../../state/selection.ts';
import { useSettled } from '../../state/use-settled.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { Grid } from '../../ui/grid.tsx';
import { CheckIcon, CloseIcon, DockIcon, ImportIcon, RefreshIcon, SearchIcon, StopIcon } from '../../ui/icons.ts';
import { Button, Input, Spinner } from '../../ui/kit.ts';
import { BundleImportSheet } from './bundle-import-sheet.tsx';
import { bundleColumns } from './columns.tsx';
import { OpenedFacts } from './opened-facts.tsx';

/** An open file: what it is, what is in it, and what can be done with it. */
export function OpenedDetails(props: { readonly bundle: OpenedBundle }) {
  const { bundle } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const { serve } = useCarrying();
  const goTo = useWorkspace((workspace) => workspace.goTo);
  const [isImporting, setImporting] = useState(false);
  const [typed, setTyped] = useState('');
  const search = useSettled(typed.trim(), 200);
  const [selection, setSelection] = useState<Selection>(nothingSelected);
  const [base, setBase] = useState<Selection>(nothingSelected);
  const check = useDeed('bundles.check');
  const reopen = useDeed('bundles.reopen');
  const close = useDeed('bundles.close');
  const isOpen = bundle.state === 'open';
  const id = bundle.bundle;
  const scopeAt = useMemo(
    () =>
      isOpen
        ? (from: number, most: number) => ({ bundle: id, from, most, ...(search === '' ? {} : { search }) })
        : undefined,
    [isOpen, id, search],
  );
  const { snapshot, offset, onVisible } = useRowWindow('bundle', scopeAt);
  const total = snapshot?.total ?? 0;
  // rows keep their place while nothing is searched; a search selects among what it shows
  const keys = useMemo(
    () =>
      search === ''
        ? Array.from({ length: total }, (_, index) => String(index))
        : (snapshot?.rows.map(({ index }) => String(index)) ?? []),
    [search, total, snapshot],
  );
  const keyOf = useCallback((row: BundleRow) => String(row.index), []);
  const columns = useMemo(() => bundleColumns(t), [t]);
  const isChecking = bundle.check?.state === 'running';
  const wrong = check.error ?? reopen.error ?? close.error;
  const only = selection.keys.size === 0 ? undefined : [...selection.keys].map(Number).sort((a, b) => a - b);
  return (
    <div className="details">
      <div className="details-head line">
        <h2 className="cut grow" title={visibleText(bundle.name, 255)}>
          {visibleText(bundle.name, 255)}
        </h2>
        {isOpen ? (
          <>
            <Button appearance="primary" icon={<ImportIcon />} onClick={() => setImporting(true)}>
              {only === undefined
                ? t('bundles.import')
                : t('bundles.importSelected', { n: countText(only.length, language) })}
            </Button>
            <Button
              icon={isChecking ? <StopIcon /> : <CheckIcon />}
              disabled={check.isPending}
              onClick={() => check.mutate({ bundle: id, action: isChecking ? 'stop' : 'start' })}
            >
              {t(isChecking ? 'bundles.stopCheck' : 'bundles.check')}
            </Button>
            <Button
              icon={<DockIcon />}
              onClick={() => {
                serve(id);
                goTo('dock');
              }}
            >
              {t('bundles.serve')}
            </Button>
          </>
        ) : null}
        <Button
          appearance="subtle"
          icon={<RefreshIcon />}
          aria-label={t('bundles.reopen')}
          title={t('bundles.reopen')}
          disabled={bundle.state === 'opening' || bundle.jobs > 0 || reopen.isPending}
          onClick={() => reopen.mutate({ bundle: id })}
        />
        <Button
          appearance="subtle"
          icon={<CloseIcon />}
          aria-label={t('bundles.close')}
          title={bundle.jobs > 0 ? t('bundles.inUse') : t('bundles.close')}
          disabled={bundle.jobs > 0 || close.isPending}
          onClick={() => close.mutate({ bundle: id })}
        />
      </div>
      <div className="details-body">
        {wrong === null ? null : <FailureBox failure={failureOf(wrong)} />}
        {bundle.failure === undefined ? null : <FailureBox failure={bundle.failure} />}
        {bundle.state === 'opening' ? <Spinner size="tiny" label={t('bundles.states.opening')} /> : null}
        {isOpen ? <OpenedFacts bundle={bundle} /> : null}
      </div>
      {isOpen ? (
        <>
          <div className="bar-line line">
            <Input
              type="search"
              size="small"
              contentBefore={<SearchIcon />}
              placeholder={t('bundles.filter')}
              aria-label={t('bundles.filter')}
              value={typed}
              onChange={(_, { value }) => setTyped(value)}
            />
            <span className="grow" />
            {only === undefined ? null : (
              <strong aria-live="polite">{t('bundles.selected', { n: countText(only.length, language) })}</strong>
            )}
          </div>
          <div className="page-grid">
            <Grid
              name="bundle"
              label={t('bundles.grid')}
              rows={snapshot?.rows ?? []}
              total={total}
              offset={offset}
              keyOf={keyOf}
              columns={columns}
              selection={selection}
              actions={{
                click: (index, modifiers) => setSelection((now) => clickRow(now, keys, index, modifiers)),
                move: (index, modifiers) => setSelection((now) => moveTo(now, keys, index, modifiers)),
                toggle: (index) => setSelection((now) => toggleRow(now, keys, index)),
                all: () => setSelection((now) => selectAll(now, keys)),
                none: () => setSelection(nothingSelected),
                marqueeBegins: () => setBase(selection),
                marquee: (covered, toggles) => setSelection(selectCovered(base, keys, covered, toggles)),
              }}
              toneOf={({ state }) => (state === 'damaged' ? 'failed' : undefined)}
              onVisible={onVisible}
              hasChecks
              empty={snapshot === undefined ? t('common.loading') : t('images.noMatch')}
            />
          </div>
        </>
      ) : null}
      {isImporting ? <BundleImportSheet bundle={bundle} only={only} onClose={() => setImporting(false)} /> : null}
    </div>
  );
}

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { countText } from '../../format/numbers.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { carry } from '../../state/carry.ts';
import { useCarrying } from '../../state/carrying.ts';
import { useAnswer } from '../../state/client.tsx';
import {
  filterRows,
  groupNames,
  type ImageOrder,
  type ListedImage,
  nameOfRow,
  orderRows,
  withMoving,
} from '../../state/image-rows.ts';
import {
  clickRow,
  moveTo,
  nothingSelected,
  selectAll,
  selectCovered,
  selectedOf,
  type Selection,
  toggleRow,
} from '../../state/selection.ts';
import { useMoving } from '../../state/use-moving.ts';
import { useListing } from '../../state/use-listing.ts';
import { useRowFacts } from '../../state/use-row-facts.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { Grid } from '../../ui/grid.tsx';
import type { GridActions } from '../../ui/grid-types.ts';
import { Button } from '../../ui/kit.ts';
import { imageColumns } from './columns.tsx';
import { CarryStrip } from './carry-strip.tsx';
import { ImageSheet } from './image-sheet.tsx';
import { ImagesBar } from './images-bar.tsx';
import { PasteSheet } from './paste-sheet.tsx';
import { TargetBar } from './target-bar.tsx';

const byName: ImageOrder = { column: 'repository', isDescending: false };

/** The key made when the row was: making it again for every row and frame would cost more than all the rest. */
function keyOf({ key }: ListedImage): string {
  return key;
}

/** The images of the chosen place, and all that leads to a copy of some of them. */
export function ImagesPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { shown, filter, destinations, template, plan } = useWorkspace();
  const exportImages = useCarrying((carrying) => carrying.exportImages);
  const registries = useAnswer('registries.list', {});
  const listed = useListing(shown);
  const targets = useMemo(() => destinations.map((registry) => ({ registry, template })), [destinations, template]);
  const { facts, version, look, doubtStates } = useRowFacts(shown?.registry, targets);
  const [selection, setSelection] = useState<Selection>(nothingSelected);
  const [order, setOrder] = useState(byName);
  const [sheet, setSheet] = useState<'paste' | 'details'>();
  const base = useRef(selection);
  useEffect(() => setSelection(nothingSelected), [shown]);

  // the order is not taken up again with every fact learned: rows would run away under the pointer
  const ordered = useMemo(
    () =>
      orderRows(
        listed.rows.map((row) => facts?.of(row) ?? row),
        order,
      ),
    [listed.rows, order, facts],
  );
  const filtered = useMemo(() => filterRows(ordered, filter), [ordered, filter]);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- `version` says that facts hold more than before
  const known = useMemo(() => filtered.map((row) => facts?.of(row) ?? row), [filtered, facts, version]);
  const moving = useMoving(doubtStates);
  const host = registries.data?.find(({ id }) => id === shown?.registry)?.host ?? '';
  const rows = useMemo(() => withMoving(known, host, moving), [known, host, moving]);
  const keys = useMemo(() => filtered.map(keyOf), [filtered]);
  const selected = useMemo(() => selectedOf(selection, listed.rows, keyOf), [selection, listed.rows]);
  const hiddenCount = useMemo(() => {
    const inView = new Set(keys);
    return selected.filter(({ key }) => !inView.has(key)).length;
  }, [selected, keys]);
  const names = useMemo(
    () => (shown === undefined ? [] : selected.map((row) => nameOfRow(shown.registry, row))),
    [selected, shown],
  );
  const copyTo = useCallback(
    (registriesThere: readonly string[]) => {
      if (names.length === 0 || registriesThere.length === 0) return;
      plan({ images: groupNames(names), destinations: registriesThere.map((registry) => ({ registry, template })) });
    },
    [names, plan, template],
  );
  const copy = useCallback(() => copyTo(destinations), [copyTo, destinations]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      copy();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [copy]);

  const actions: GridActions = {
    click: (index, modifiers) => setSelection((now) => clickRow(now, keys, index, modifiers)),
    move: (index, modifiers) => setSelection((now) => moveTo(now, keys, index, modifiers)),
    toggle: (index) => setSelection((now) => toggleRow(now, keys, index)),
    all: () => setSelection((now) => selectAll(now, keys)),
    none: () => setSelection(nothingSelected),
    marqueeBegins: () => {
      base.current = selection;
    },
    marquee: (covered, toggles) => setSelection(selectCovered(base.current, keys, covered, toggles)),
    open: () => setSheet('details'),
    carry: (event) => {
      if (names.length === 0) return false;
      carry(names.length, event, copyTo);
      return true;
    },
  };
  const hasState = destinations.length > 0 || moving.size > 0;
  const columns = useMemo(() => imageColumns(t, language, hasState), [t, language, hasState]);
  const onVisible = useCallback(
    (first: number, last: number) => look(filtered.slice(first, last + 1)),
    [look, filtered],
  );
  const only = names.length === 1 ? names[0] : undefined;
  return (
    <div className="page">
      <ImagesBar
        selected={selected}
        shown={shown}
        canCopy={names.length > 0 && destinations.length > 0}
        registries={registries.data ?? []}
        onCopy={copy}
        onExport={() => exportImages(groupNames(names))}
        onRefresh={() => {
          listed.reload();
          doubtStates();
        }}
        onPaste={() => setSheet('paste')}
        onAll={actions.all}
        onNone={actions.none}
        onDetails={only === undefined ? undefined : () => setSheet('details')}
      />
      <CarryStrip registries={registries.data ?? []} source={shown?.registry} />
      <TargetBar registries={registries.data ?? []} names={names} />
      {listed.failure === undefined ? null : <FailureBox failure={listed.failure} />}
      <div className="page-grid">
        <Grid
          key={`${shown?.registry ?? ''} ${shown?.repository ?? ''}`}
          name="images"
          label={t('images.grid')}
          rows={rows}
          keyOf={keyOf}
          columns={columns}
          selection={selection}
          actions={actions}
          order={order}
          onOrder={setOrder}
          onVisible={onVisible}
          hasChecks
          empty={
            shown === undefined
              ? t(registries.data?.length === 0 ? 'images.chooseFirst' : 'images.choosePlace')
              : listed.isLoading
                ? t('common.loading')
                : listed.listing === 'closed'
                  ? t('images.closed')
                  : t(listed.rows.length === 0 ? 'images.empty' : 'images.noMatch')
          }
        />
      </div>
      <div className="page-foot line" aria-live="polite">
        <span>
          {filter.trim() === ''
            ? t('images.total', { n: countText(listed.rows.length, language) })
            : t('images.filtered', {
                n: countText(rows.length, language),
                total: countText(listed.rows.length, language),
              })}
        </span>
        {selected.length === 0 ? null : (
          <strong>{t('images.selected', { n: countText(selected.length, language) })}</strong>
        )}
        {hiddenCount === 0 ? null : (
          <span className="tone-warn">{t('images.hidden', { n: countText(hiddenCount, language) })}</span>
        )}
        <span className="grow" />
        {shown?.repository === undefined && shown !== undefined ? (
          <span className="quiet">{t('images.listed', listed.repositories)}</span>
        ) : null}
        {listed.repositories.hasMore ? (
          <Button size="small" appearance="subtle" disabled={listed.isLoading} onClick={listed.more}>
            {t('images.listMore')}
          </Button>
        ) : null}
      </div>
      {sheet === 'paste' ? <PasteSheet onClose={() => setSheet(undefined)} /> : null}
      {sheet === 'details' && only !== undefined ? (
        <ImageSheet image={only} onClose={() => setSheet(undefined)} />
      ) : null}
    </div>
  );
}

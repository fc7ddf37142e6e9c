import { type DragEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AboutPage } from '../features/about/about-page.tsx';
import { BundlesPage } from '../features/bundles/bundles-page.tsx';
import { ExportSheet } from '../features/bundles/export-sheet.tsx';
import { DockPage } from '../features/dock/dock-page.tsx';
import { HistoryPage } from '../features/history/history-page.tsx';
import { ImagesPage } from '../features/images/images-page.tsx';
import { PlanSheet } from '../features/plan/plan-sheet.tsx';
import { ImportSheet } from '../features/registries/import-sheet.tsx';
import { Places } from '../features/registries/places.tsx';
import { SettingsPage } from '../features/settings/settings-page.tsx';
import { TransfersPage } from '../features/transfers/transfers-page.tsx';
import { TransfersPanel } from '../features/transfers/transfers-panel.tsx';
import { isBundleName } from '../format/bundle-name.ts';
import { useCarrying } from '../state/carrying.ts';
import { type Page, useWorkspace } from '../state/workspace.ts';
import { handleOfFile, hearOpened } from '../transport/connect.ts';
import { readTextFile } from '../ui/file-button.tsx';
import type { NamedFile } from '../ui/given-file.ts';
import { Splitter } from '../ui/splitter.tsx';
import { EngineQuestion } from './engine-question.tsx';
import { Navigation } from './navigation.tsx';
import { type DroppedBundle, useOpenBundles } from './open-bundles.ts';
import { NoticeStrips } from './notice-strips.tsx';
import { TitleBar } from './title-bar.tsx';
import { UnfinishedStrip } from './unfinished-strip.tsx';

/** Files on their way into the window. */
interface Given {
  readonly files: readonly NamedFile[];
  readonly tooLarge: readonly string[];
}

/** The frame: title bar, places on the left, a page in the centre, sheets over it. */
export function Frame() {
  const { t } = useTranslation();
  const { page, draft } = useWorkspace();
  const exporting = useCarrying((carrying) => carrying.exporting);
  const openBundles = useOpenBundles();
  const [given, setGiven] = useState<Given>();
  const [isOver, setOver] = useState(false);
  const Shown = pages[page];
  const filter = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      hearOpened(({ name, handle }) => {
        if (isBundleName(name)) void openBundles([{ name, handle }]).catch(() => {});
        else setGiven({ files: [{ name, given: { handle } }], tooLarge: [] });
      }),
    [openBundles],
  );
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'f') return;
      event.preventDefault();
      filter.current?.focus();
      filter.current?.select();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  const drop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    setOver(false);
    const all = [...event.dataTransfer.files];
    const folders = new Set([...event.dataTransfer.items].flatMap(nameOfFolder));
    const isBundle = ({ name }: File): boolean => isBundleName(name) || folders.has(name);
    const bundles = await Promise.all(all.filter(isBundle).map(handleOfDropped));
    await openBundles(bundles);
    const dropped = all.filter((file) => !isBundle(file));
    const files = await Promise.all(dropped.map(readDropped));
    if (dropped.length === 0) return;
    setGiven({
      files: files.filter((file) => file !== undefined),
      tooLarge: dropped.filter((_, at) => files[at] === undefined).map(({ name }) => name),
    });
  };
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return (
    <div
      className={`frame${isOver ? ' takes-files' : ''}`}
      onDragOver={(event) => {
        // without this the browser would open what is dropped
        event.preventDefault();
        if (hasFiles(event)) setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) setOver(false);
      }}
      onDrop={(event) => void drop(event).catch(() => {})}
    >
      <TitleBar filter={filter} />
      <NoticeStrips />
      <UnfinishedStrip />
      <div className="frame-body">
        <Splitter name="side" direction="columns" label={t('app.sideWidth')} initial={248} least={180} most={480}>
          <div className="side">
            <Navigation />
            <Places onImport={() => setGiven({ files: [], tooLarge: [] })} />
          </div>
          <main className="card">
            <Shown />
          </main>
        </Splitter>
      </div>
      {given === undefined ? null : <ImportSheet {...given} onClose={() => setGiven(undefined)} />}
      {draft === undefined ? null : <PlanSheet draft={draft} />}
      {exporting === undefined ? null : <ExportSheet images={exporting} />}
      <EngineQuestion />
    </div>
  );
}

/** The name of a dropped folder; nothing for a file. */
function nameOfFolder(item: DataTransferItem): readonly string[] {
  const entry = item.webkitGetAsEntry();
  return entry?.isDirectory === true ? [entry.name] : [];
}

async function handleOfDropped(file: File): Promise<DroppedBundle> {
  return { name: file.name, handle: (await handleOfFile(file))?.handle };
}

/** A dropped file as a text, or where it is too large for that by its handle; undefined where there is none. */
async function readDropped(file: File): Promise<NamedFile | undefined> {
  const text = await readTextFile(file);
  if (text !== undefined) return text;
  const opened = await handleOfFile(file);
  return opened === undefined ? undefined : { name: opened.name, given: { handle: opened.handle } };
}

function ImagesAndQueue() {
  const { t } = useTranslation();
  return (
    <Splitter name="queue" direction="rows" label={t('app.panelHeight')} initial={212} least={36} most={520}>
      <ImagesPage />
      <TransfersPanel />
    </Splitter>
  );
}

const pages: Readonly<Record<Page, () => ReactNode>> = {
  images: ImagesAndQueue,
  transfers: TransfersPage,
  history: HistoryPage,
  bundles: BundlesPage,
  dock: DockPage,
  settings: SettingsPage,
  about: AboutPage,
};

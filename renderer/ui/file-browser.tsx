import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../electron/contract/commands.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import { bytesText } from '../format/numbers.ts';
import { visibleText } from '../format/visible.ts';
import { FailureBox } from './failure.tsx';
import { FileIcon, FolderIcon, OkIcon, UpIcon } from './icons.ts';
import { Button, Spinner } from './kit.ts';

type Entry = OutputOf<'files.list'>['entries'][number];

/** What a folder of the machine that runs the program holds; folders are gone into, files are chosen. */
export function FileBrowser(props: {
  readonly listing: OutputOf<'files.list'> | undefined;
  readonly failure: Failure | undefined;
  readonly chosen: ReadonlySet<string>;
  readonly onFolder: (handle: string | undefined) => void;
  /** Missing where only a folder is looked for. */
  readonly onFile?: (entry: Entry) => void;
}) {
  const { listing, failure, chosen, onFolder, onFile } = props;
  const { t } = useTranslation();
  if (failure !== undefined) return <FailureBox failure={failure} />;
  if (listing === undefined) return <Spinner size="tiny" label={t('common.loading')} />;
  const isTop = listing.folder === '';
  return (
    <section className="files" aria-label={t('files.list')}>
      <div className="files-head line">
        <Button
          size="small"
          appearance="subtle"
          icon={<UpIcon />}
          disabled={isTop}
          aria-label={t('files.up')}
          title={t('files.up')}
          onClick={() => onFolder(listing.parent)}
        />
        <span className="mono cut grow" title={visibleText(listing.folder, 1000)}>
          {isTop ? t('files.folders') : visibleText(listing.folder, 1000)}
        </span>
      </div>
      <ul className="files-list" onKeyDown={step}>
        {listing.entries.map((entry) => (
          <li key={entry.handle}>
            <button
              type="button"
              className={`file${chosen.has(entry.handle) ? ' is-chosen' : ''}`}
              disabled={!entry.isFolder && onFile === undefined}
              {...(entry.isFolder ? {} : { 'aria-pressed': chosen.has(entry.handle) })}
              onClick={() => (entry.isFolder ? onFolder(entry.handle) : onFile?.(entry))}
            >
              {entry.isFolder ? <FolderIcon aria-hidden="true" /> : <FileIcon aria-hidden="true" />}
              <span className="grow cut">{visibleText(entry.name, 255)}</span>
              {chosen.has(entry.handle) ? <OkIcon aria-hidden="true" className="tone-run" /> : null}
              {entry.size === undefined ? null : <span className="quiet">{bytesText(entry.size)}</span>}
            </button>
          </li>
        ))}
        {listing.entries.length === 0 ? <li className="quiet files-none">{t('files.empty')}</li> : null}
      </ul>
      {listing.isCut ? <p className="plain quiet">{t('files.cut', { n: listing.entries.length })}</p> : null}
    </section>
  );
}

/** The arrows go from entry to entry. */
function step(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const entries = [...event.currentTarget.querySelectorAll<HTMLElement>('.file:enabled')];
  const at = entries.findIndex((entry) => entry === event.target);
  if (at < 0) return;
  event.preventDefault();
  entries[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}

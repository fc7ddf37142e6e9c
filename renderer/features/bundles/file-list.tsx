import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotOf } from '../../../electron/contract/feeds.ts';
import { bytesText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import type { FileChoice } from '../../state/carrying.ts';
import { isSameFile } from './files.ts';

/** Files by what they are: open ones, written ones, receipts. */
export function FileList(props: {
  readonly files: SnapshotOf<'bundles'>;
  readonly chosen: FileChoice;
  readonly onChoose: (chosen: FileChoice) => void;
}) {
  const { files, chosen, onChoose } = props;
  const { t } = useTranslation();
  const item = (choice: FileChoice, name: string, facts: string, isBad: boolean): ReactNode => (
    <li key={JSON.stringify(choice)}>
      <button
        type="button"
        className={`file-item${isSameFile(choice, chosen) ? ' is-chosen' : ''}`}
        aria-pressed={isSameFile(choice, chosen)}
        onClick={() => onChoose(choice)}
      >
        <span className="file-name cut" title={visibleText(name, 255)}>
          {visibleText(name, 255)}
        </span>
        <span className={`file-facts cut${isBad ? ' tone-bad' : ' quiet'}`}>{facts}</span>
      </button>
    </li>
  );
  return (
    <div className="file-groups" role="region" aria-label={t('bundles.list')} tabIndex={0} onKeyDown={step}>
      <Group title={t('bundles.opened')}>
        {files.bundles.map(({ bundle, name, state, kind, images, problems, sender }) => {
          const what =
            state === 'open' && kind !== undefined ? t(`bundles.kinds.${kind}`) : t(`bundles.states.${state}`);
          const count = state === 'open' ? ` · ${t('bundles.images', { count: images })}` : '';
          const isBad = state === 'failed' || problems.length > 0 || sender === 'other';
          return item({ kind: 'bundle', id: bundle }, name, `${what}${count}`, isBad);
        })}
      </Group>
      <Group title={t('bundles.written')}>
        {files.exports.map(({ job, name, state, totalBytes }) => {
          const size = state === 'written' ? ` · ${bytesText(totalBytes)}` : '';
          return item({ kind: 'export', job }, name, `${t(`exports.states.${state}`)}${size}`, state === 'failed');
        })}
      </Group>
      <Group title={t('bundles.receipts')}>
        {files.receipts.map(({ receipt, name, state, place }) =>
          item(
            { kind: 'receipt', id: receipt },
            name,
            `${t(`receipts.states.${state}`)} · ${visibleText(place, 200)}`,
            state === 'failed',
          ),
        )}
      </Group>
    </div>
  );
}

function Group(props: { readonly title: string; readonly children: readonly ReactNode[] }) {
  if (props.children.length === 0) return null;
  return (
    <section aria-label={props.title}>
      <h2 className="file-group">{props.title}</h2>
      <ul className="file-items">{props.children}</ul>
    </section>
  );
}

/** The arrows go from file to file. */
function step(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('.file-item')];
  const at = items.findIndex((item) => item === event.target);
  if (at < 0) return;
  event.preventDefault();
  items[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}

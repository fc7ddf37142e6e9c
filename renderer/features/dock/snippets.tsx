import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dockSnippets } from '../../../electron/contract/dock-snippets.ts';
import type { DockRow } from '../../../electron/contract/docks.ts';
import { visibleLines, visibleText } from '../../format/visible.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Tabs } from '../../ui/tabs.tsx';

const programs = ['docker', 'containerd', 'k3s', 'harbor'] as const;

/** What other programs are told to pull from a dock, to be copied. */
export function Snippets(props: { readonly dock: DockRow }) {
  const { host, isTls, hasUsers, mirrors } = props.dock;
  const { t } = useTranslation();
  const [program, setProgram] = useState<(typeof programs)[number]>('docker');
  const snippets = dockSnippets({ host, isTls, hasOwnCa: isTls, hasUsers, mirrors }).filter(
    (snippet) => snippet.program === program,
  );
  return (
    <div className="lines tight">
      <p className="plain quiet">{t('dock.snippetText')}</p>
      <Tabs
        label={t('dock.program')}
        value={program}
        tabs={programs.map((value) => ({ value, text: t(`dock.programs.${value}`) }))}
        onChange={setProgram}
      />
      {snippets.map(({ place, text }) => (
        <section key={place} className="snippet" aria-label={visibleText(place, 200)}>
          <div className="line">
            <span className="mono cut grow" title={visibleText(place, 400)}>
              {visibleText(place, 400)}
            </span>
            <CopyButton text={text} label={t('dock.copySnippet')} />
          </div>
          <pre className="raw" tabIndex={0}>
            {visibleLines(text)}
          </pre>
        </section>
      ))}
    </div>
  );
}

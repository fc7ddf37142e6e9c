import type { ReactNode } from 'react';
import type { Settings, SettingsChange } from '../../../electron/contract/settings.ts';

/** What a group of settings gets. */
export interface SettingsProps {
  readonly settings: Settings;
  readonly change: (part: SettingsChange) => void;
}

/** A group of settings under a heading. */
export function Section(props: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="section" aria-label={props.title}>
      <h2>{props.title}</h2>
      <div className="section-body">{props.children}</div>
    </section>
  );
}

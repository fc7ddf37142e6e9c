/**
 * How much a finding weighs. `stop`: nothing may be tried (exit 2). `error`: only what it names is not done, the rest is
 * (exit 1). `warning`: done, and probably not what was meant. `note`: done as said, worth knowing.
 */
export type Severity = 'stop' | 'error' | 'warning' | 'note';

/** A severity with text and remedy in both languages; `{name}` stands for a value of the finding. */
export type FindingText = readonly [severity: Severity, text: string, remedy: string, zhText: string, zhRemedy: string];

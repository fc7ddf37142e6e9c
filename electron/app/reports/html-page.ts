import { createHash } from 'node:crypto';

const style = `
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1b1b; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; word-break: break-all }
th { white-space: nowrap; background: #f5f5f5 }
.failed td:nth-child(3) { color: #b10e1c; font-weight: 600 }
.copied td:nth-child(3) { color: #0e700e }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #1b1b1b } th { background: #2b2b2b } th, td { border-color: #444 }
  .failed td:nth-child(3) { color: #ff8a8f } .copied td:nth-child(3) { color: #7ccf7c }
}
`;
// Nothing in the page may load or run; the one style is named by its hash.
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** What a page shows; the third cell of a row is also the class of the row. */
export interface Page {
  readonly title: string;
  readonly lines: readonly string[];
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A page with one table that needs nothing from anywhere and runs nothing; every text is escaped (SECURITY S-PARSE-8). */
export function htmlPage({ title, lines, names, rows }: Page): string {
  const body = rows.map((row) => `<tr class="${escaped(row[2] ?? '')}">${cells('td', row)}</tr>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
${lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
<table><thead><tr>${cells('th', names)}</tr></thead><tbody>
${body.join('\n')}
</tbody></table>
</html>
`;
}

function cells(kind: 'td' | 'th', texts: readonly string[]): string {
  return texts.map((text) => `<${kind}>${escaped(text)}</${kind}>`).join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

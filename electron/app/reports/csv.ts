// OWASP, "CSV Injection"; the full-width signs are formulas to spreadsheets of East Asia.
const beginsFormula = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe (SECURITY S-PARSE-8). */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  const safe = beginsFormula.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

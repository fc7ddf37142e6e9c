/** How long the text stays to be fetched: a person may be asked first where to save it. */
const keptMs = 600_000;

/** Has the browser save a text as a file; in the desktop a dialog asks where to. */
export function saveText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), keptMs);
}

/**
 * Why Windows would not keep a file of this name as it is; undefined when it would (RELIABILITY F-70).
 * Every name that goes into a folder is checked on every system: the folder may be carried on a Windows disk.
 */
export function windowsRefusal(name: string): string | undefined {
  if (/^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i.test(name))
    return 'is reserved on Windows';
  if (/[. ]$/.test(name)) return 'ends with a dot or a space, which Windows drops';
  // oxlint-disable-next-line no-control-regex -- these are what is refused
  if (/[\u0000-\u001f<>:"/\\|?*]/.test(name)) return 'has a character that Windows refuses';
  return undefined;
}

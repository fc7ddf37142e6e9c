import { protocol } from '../electron.ts';

/** An address of a scheme of the program as the browser has it: `app://ui/x` is `https://ui.app.test/x` there. */
export function toBrowser(address: string): string {
  return address.replace(/^([a-z][\w+.-]*):\/\/([^/?#:]+)/i, (whole, scheme: string, host: string) => {
    const privileges = protocol.schemes.get(scheme);
    return privileges === undefined
      ? whole
      : `${privileges['secure'] === true ? 'https' : 'http'}://${host}.${scheme}.test`;
  });
}

/** The same as the program has it. */
export function fromBrowser(address: string): string {
  return address.replace(
    /^https?:\/\/([^/?#:]+)\.([a-z][\w+-]*)\.test(?=[/:?#]|$)/,
    (whole, host: string, scheme: string) => (protocol.schemes.has(scheme) ? `${scheme}://${host}` : whole),
  );
}

/** The scheme of an address. */
export function schemeOf(address: string): string {
  return address.slice(0, address.indexOf(':'));
}

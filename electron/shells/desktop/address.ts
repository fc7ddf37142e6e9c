/** The scheme that only this program serves, and only from its own files. */
export const scheme = 'app';

/** The origin of the window's page. */
export const origin = `${scheme}://ferry`;

/** Where the window's page begins. */
export const pageAddress = `${origin}/`;

/** True for an address of the window's own page; false for everything that only looks like one, an empty one among them. */
export function isOwnAddress(address: string): boolean {
  return address === origin || address.startsWith(pageAddress);
}

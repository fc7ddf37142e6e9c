import type { Answer } from '../../electron/contract/envelope.ts';

const storageKey = 'image-ferry-session';

/** The token of this browser tab, exchanged once for the code in the address; undefined when there is neither. */
export async function openSession(): Promise<string | undefined> {
  const code = /^#code=([A-Za-z0-9_-]+)$/.exec(location.hash)?.[1];
  if (code === undefined) return sessionStorage.getItem(storageKey) ?? undefined;
  // a code in the history of the browser would be read by whoever uses it next
  history.replaceState(null, '', location.pathname);
  // oxlint-disable-next-line no-restricted-globals -- the window's own line to its engine
  const response = await fetch('/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  if (!response.ok) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server, whose page this is
  const answer = (await response.json()) as Answer<{ readonly token: string }>;
  if (!answer.ok) return undefined;
  sessionStorage.setItem(storageKey, answer.value.token);
  return answer.value.token;
}

/** Forgets the token, after its session ended. */
export function endSession(): void {
  sessionStorage.removeItem(storageKey);
}

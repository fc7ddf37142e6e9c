import { readFile } from 'node:fs/promises';
import { filesBelow } from '../torture/checks.ts';

/** Throws when one of the secrets, plain or as base64, stands in a text or in any file below a folder (S-LOG-1). */
export async function assertNoSecretIn(
  secrets: readonly string[],
  texts: readonly string[],
  folders: readonly string[],
  except: readonly string[] = [],
): Promise<number> {
  const shapes = secrets.flatMap((secret) => {
    const encoded = Buffer.from(secret).toString('base64');
    return [secret, encoded.replace(/=+$/, ''), encodeURIComponent(secret)];
  });
  const look = (text: string, where: string): void => {
    if (shapes.some((shape) => text.includes(shape))) throw new Error(`a secret stands in ${where}`);
  };
  for (const text of texts) look(text, 'what was printed');
  let files = 0;
  for (const folder of folders) {
    for (const path of await filesBelow(folder)) {
      // what images hold is theirs
      if (except.includes(path) || path.includes('/cache/')) continue;
      look(await readFile(path, 'latin1'), path);
      files++;
    }
  }
  return files;
}

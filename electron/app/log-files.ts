import { join } from 'node:path';

/** The name of the file that is written. */
const currentName = 'image-ferry.log';

/** The file of a log that is written; those that were full lie beside it. */
export function currentLog(folder: string): string {
  return join(folder, currentName);
}

/** Of the names in a folder those of full files, the oldest first; the number of each is higher than that of those before. */
export function olderLogs(names: readonly string[]): readonly { readonly name: string; readonly number: number }[] {
  return names
    .flatMap((name) => {
      const number = /^image-ferry\.(\d{1,15})\.log$/.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .toSorted((a, b) => a.number - b.number);
}

/** What a full file is called. */
export function olderLogName(number: number): string {
  return `image-ferry.${number}.log`;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CopyTask, repositoriesOf } from './tools.ts';

/** Writes the task as image-syncer's images file, and gives its path. */
export function writeImageList(task: CopyTask): string {
  const { asks, source, destination, names } = task;
  const what = asks === 'repository' ? repositoriesOf(task) : names;
  const file = join(task.folder, 'images.json');
  writeFileSync(
    file,
    JSON.stringify(Object.fromEntries(what.map((one) => [`${source}/${one}`, `${destination}/${one}`]))),
  );
  return file;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGoTool, goTools } from './go-tools.ts';
import { writeImageList } from './image-list.ts';
import type { FoundTool } from './tools.ts';

/** image-syncer of Aliyun. */
export function imageSyncer(): FoundTool {
  const built = buildGoTool('image-syncer');
  if ('reason' in built) return { name: 'image-syncer', reason: built.reason };
  return {
    name: 'image-syncer',
    version: goTools['image-syncer'].version,
    remark: '`--proc 8` with an auth and an images file',
    command: (task) => {
      const auth = join(task.folder, 'auth.json');
      writeFileSync(
        auth,
        JSON.stringify({ [task.source]: { insecure: true }, [task.destination]: { insecure: true } }),
      );
      const images = writeImageList(task);
      return {
        program: built.path,
        args: ['--proc', String(task.concurrency), '--retries', '1', '--auth', auth, '--images', images],
      };
    },
  };
}

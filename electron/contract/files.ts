import { z } from 'zod';
import { count, handle, line, list, text } from './bounded.ts';
import { type Data, operation } from './operation.ts';

const words = { text: text(4000), remedy: text(4000) };

/** What an operator should know of a file or a text; `zh` says text and remedy in Chinese. */
export const findingShape = z.strictObject({
  code: line(100),
  severity: z.enum(['stop', 'error', 'warning', 'note']),
  ...words,
  zh: z.strictObject(words),
  /** From 1; missing when it is about no line. */
  line: count.exactOptional(),
});

/** A text that was dropped or pasted, or a file that a person chose. */
export const givenFileShape = z.union([
  z.strictObject({ handle }),
  z.strictObject({ name: line(255), text: text(900_000) }),
]);

/** Commands about files: paths never cross, handles do (S-IPC-4). */
export const fileCommands = {
  /** Asks a person to choose; empty when nothing was chosen, and always where the shell has no dialog of its own. */
  'files.pick': operation(
    z.strictObject({
      purpose: z.enum(['images', 'auth', 'bundle', 'folder', 'ca', 'key', 'users', 'export']),
      /** What is to be called so, unless a person names it otherwise. */
      name: line(255).exactOptional(),
      multiple: z.boolean().exactOptional(),
    }),
    z.strictObject({ files: list(z.strictObject({ handle, name: line(255) }), 100) }),
  ),
  /** What the folders hold that this window may look into; without a folder, these folders themselves. */
  'files.list': operation(
    z.strictObject({ folder: handle.exactOptional() }),
    z.strictObject({
      /** Where this is, for a person; empty for the list of folders that may be looked into. */
      folder: line(1000),
      /** The folder above; missing at the top. */
      parent: handle.exactOptional(),
      entries: list(
        z.strictObject({ name: line(255), isFolder: z.boolean(), size: count.exactOptional(), handle }),
        5000,
      ),
      /** There is more than is listed. */
      isCut: z.boolean(),
    }),
  ),
  'files.read': operation(
    givenFileShape,
    z.strictObject({
      kind: z.enum(['image-syncer', 'image-syncer-auth', 'image-list', 'docker-config', 'bundle', 'unknown']),
      rules: count.exactOptional(),
      images: count.exactOptional(),
      findings: list(findingShape, 1002),
    }),
  ),
} as const;

/** What an operator should know of a file or a text. */
export type ShownFinding = Data<typeof findingShape>;

/** A file or a text that was given. */
export type GivenFile = Data<typeof givenFileShape>;

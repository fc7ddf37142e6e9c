import { z } from 'zod';
import { line, list, named, text } from './bounded.ts';
import { type Data, operation } from './operation.ts';
import { selfTestShape } from './self-test.ts';

const aboutShape = z.strictObject({
  version: line(100),
  /** Of what it runs on, by name. */
  versions: named(line(200), 50),
  /** Where it keeps things, by name, for a person. */
  folders: named(line(1000), 50),
  isDesktop: z.boolean(),
  /** What was looked at when it started and a person should know, such as a folder that others may read. */
  notes: list(text(2000), 50),
});

/** Commands about the program itself. */
export const aboutCommands = {
  'about.get': operation(z.strictObject({}), aboutShape),
  /** What to send to somebody who helps: to be looked at before it is saved, without any secret. */
  'about.diagnostics': operation(
    z.strictObject({}),
    z.strictObject({ name: line(255), text: text(16 * 1024 * 1024), files: list(line(1000), 200) }),
  ),
  /** Looks at what this machine gives the program, in some seconds; nothing of it is secret. */
  'about.selfTest': operation(z.strictObject({}), selfTestShape),
} as const;

/** What the program says of itself. */
export type About = Data<typeof aboutShape>;

import { z } from 'zod';
import { id, list, text } from './bounded.ts';
import { type Data, operation } from './operation.ts';

/** What changes the world and so is asked before it is done (S-IPC-9). */
const deedShape = z.enum([
  'remove-registry',
  'skip-certificate-checks',
  'discard-job',
  'trim-cache',
  'approve-realm',
  'open-dock',
]);

/** A question that waits for its answer. */
export const questionShape = z.strictObject({
  /** Good for one answer. */
  id,
  deed: deedShape,
  /** What it would be done to: a host, a folder, the number of a job. */
  subject: text(1000),
});

/** Commands about questions that the engine asks where the shell has no dialog of its own; the feed `questions` tells them. */
export const questionCommands = {
  'questions.answer': operation(z.strictObject({ id, isYes: z.boolean() }), z.strictObject({})),
} as const;

/** What changes the world and so is asked before it is done. */
export type Deed = Data<typeof deedShape>;

/** A question that waits for its answer. */
export type EngineQuestion = Data<typeof questionShape>;

/** The most questions that wait at a time. */
export const mostQuestions = 20;

/** Questions that wait, oldest first. */
export const questionList = list(questionShape, mostQuestions);

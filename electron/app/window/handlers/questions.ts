import type { questionCommands } from '../../../contract/questions.ts';
import type { HandlersOf } from '../context.ts';

/** The command that answers a question of the engine. */
export const questionHandlers: HandlersOf<keyof typeof questionCommands> = {
  'questions.answer': ({ id, isYes }, { parts }) => {
    parts.questions.answer(id, isYes);
    return Promise.resolve({});
  },
};

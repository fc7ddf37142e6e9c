import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';
import type { QuestionText } from '../../contract/question-text.ts';
import type { Texts } from './texts.ts';

/** Asks a person by a dialog of this program, not of the page; closing it means no, and so does a signal that fires. */
export async function ask(
  question: QuestionText,
  texts: Texts,
  window: BrowserWindow | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  return (await choose({ ...question, buttons: [texts.cancel, question.yes] }, window, signal)) === 1;
}

/** The number of the button that was pressed; 0, the harmless one, when the dialog was closed. */
export async function choose(
  { message, detail, buttons }: Pick<QuestionText, 'message' | 'detail'> & { readonly buttons: readonly string[] },
  window: BrowserWindow | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const options = {
    type: 'question' as const,
    message,
    detail,
    buttons: [...buttons],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
    ...(signal === undefined ? {} : { signal }),
  };
  const { response } = await (window === undefined || window.isDestroyed()
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options));
  return response;
}

import { questionText } from '../../electron/contract/question-text.ts';
import { visibleText } from '../format/visible.ts';
import { useLanguage } from '../locales/i18n.ts';
import { useDeed, useFeed } from '../state/client.tsx';
import { Question } from '../ui/dialogs.tsx';

/** Asks what the engine wants to know before it changes the world, one question after the other; closing it means no. */
export function EngineQuestion() {
  const language = useLanguage();
  const { snapshot } = useFeed('questions', {});
  const answer = useDeed('questions.answer');
  const first = snapshot?.questions.find(({ id }) => answer.variables?.id !== id);
  if (first === undefined) return null;
  const { id, deed, subject } = first;
  const { message, detail, yes } = questionText(deed, visibleText(subject, 200), language);
  const say = (isYes: boolean) => (): void => answer.mutate({ id, isYes });
  return <Question title={message} text={detail} answer={yes} onAnswer={say(true)} onClose={say(false)} />;
}

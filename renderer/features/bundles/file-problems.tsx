import { useTranslation } from 'react-i18next';
import type { ErrorKind, Failure } from '../../../electron/contract/errors.ts';
import { visibleText } from '../../format/visible.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorIcon } from '../../ui/icons.ts';

const mostShown = 5;
const words: Readonly<Partial<Record<ErrorKind, 'missing' | 'damaged'>>> = {
  'missing-content': 'missing',
  'not-found': 'missing',
  integrity: 'damaged',
};

/** What is missing in a file or damaged, with what to do about it; the raw words stand beside it. */
export function FileProblems(props: { readonly problems: readonly Failure[] }) {
  const { problems } = props;
  const { t } = useTranslation();
  const [first] = problems;
  if (first === undefined) return null;
  const word = words[first.kind] ?? 'other';
  const rest = problems.length - mostShown;
  return (
    <section className="failure" role="alert">
      <div className="failure-cause">
        <ErrorIcon aria-hidden="true" />
        <span className="grow">{t(`bundles.problems.${word}`)}</span>
        <CopyButton text={problems.map(({ message }) => message).join('\n')} label={t('common.copy')} />
      </div>
      <span>{t(`bundles.remedies.${word}`)}</span>
      <ul className="problems quiet">
        {problems.slice(0, mostShown).map(({ message }, index) => (
          <li key={`${index} ${message}`} className="wrap">
            {visibleText(message, 600)}
          </li>
        ))}
        {rest > 0 ? <li>{t('bundles.problems.more', { n: rest })}</li> : null}
      </ul>
    </section>
  );
}

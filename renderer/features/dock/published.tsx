import { useTranslation } from 'react-i18next';
import type { Served } from '../../../electron/contract/docks.ts';
import { countText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf, useAnswer } from '../../state/client.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { Checkbox } from '../../ui/kit.ts';

/** Which repositories are served: all, or those that are ticked. */
export function Published(props: {
  readonly serve: Served;
  readonly isGone: boolean;
  /** Undefined for all. */
  readonly chosen: readonly string[] | undefined;
  readonly onChange: (chosen: readonly string[] | undefined) => void;
}) {
  const { serve, isGone, chosen, onChange } = props;
  const { t } = useTranslation();
  const language = useLanguage();
  const content = useAnswer('docks.content', isGone ? undefined : { serve });
  const repositories = content.data?.repositories ?? [];
  return (
    <section className="lines tight" aria-label={t('dock.published')}>
      <h3>{t('dock.published')}</h3>
      {content.error === null ? null : <FailureBox failure={failureOf(content.error)} />}
      {content.data !== undefined && repositories.length === 0 ? (
        <p className="plain quiet">{t('dock.publishNone')}</p>
      ) : (
        <Checkbox
          checked={chosen === undefined}
          label={t('dock.publishAll', { n: countText(repositories.length, language) })}
          onChange={(_, { checked }) => onChange(checked === true ? undefined : repositories.map(({ path }) => path))}
        />
      )}
      {chosen === undefined || repositories.length === 0 ? null : (
        <ul className="published" aria-label={t('dock.publishSome')}>
          {repositories.map(({ path, tags }) => (
            <li key={path} className="line">
              <Checkbox
                checked={chosen.includes(path)}
                label={visibleText(path, 120)}
                onChange={(_, { checked }) =>
                  onChange(checked === true ? [...chosen, path] : chosen.filter((each) => each !== path))
                }
              />
              <span className="grow" />
              <span className="quiet">{t('dock.tags', { count: tags })}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

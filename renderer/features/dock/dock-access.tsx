import { useTranslation } from 'react-i18next';
import { Field, Input, Textarea } from '../../ui/kit.ts';
import type { DockForm, wrongIn } from './dock-form.ts';
import { FileChoice } from './file-choice.tsx';

/** Who may pull: addresses, users, TLS and a speed. */
export function DockAccess(props: {
  readonly form: DockForm;
  readonly wrong: ReturnType<typeof wrongIn>;
  readonly onChange: (part: Partial<DockForm>) => void;
}) {
  const { form, wrong, onChange } = props;
  const { t } = useTranslation();
  return (
    <details {...(wrong === 'key' || wrong === 'rate' ? { open: true } : {})}>
      <summary>{t('dock.access')}</summary>
      <div className="lines gap-top">
        <Field label={t('dock.allow')} hint={t('dock.allowHint')}>
          <Textarea
            className="mono"
            rows={2}
            value={form.allow}
            spellCheck={false}
            onChange={(_, { value }) => onChange({ allow: value })}
          />
        </Field>
        <FileChoice
          label={t('dock.users')}
          purpose="users"
          file={form.users}
          onChange={(users) => onChange({ users })}
        />
        <FileChoice
          label={t('dock.certificate')}
          purpose="ca"
          file={form.certificate}
          onChange={(certificate) => onChange({ certificate })}
        />
        <FileChoice label={t('dock.key')} purpose="key" file={form.key} onChange={(key) => onChange({ key })} />
        {wrong === 'key' ? (
          <p className="plain tone-bad" role="alert">
            {t('dock.keyMissing')}
          </p>
        ) : null}
        <Field label={t('dock.rate')} hint={t('dock.rateHint')}>
          <Input value={form.rate} inputMode="decimal" onChange={(_, { value }) => onChange({ rate: value })} />
        </Field>
      </div>
    </details>
  );
}

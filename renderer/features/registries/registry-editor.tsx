import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Registry } from '../../../electron/contract/registries.ts';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useAnswer, useDeed } from '../../state/client.tsx';
import { useReach } from '../../state/reach.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { Choice } from '../../ui/choice.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { FileButton } from '../../ui/file-button.tsx';
import { Button, Checkbox, Field, Input, Textarea } from '../../ui/kit.ts';
import { draftOf, type RegistryForm, formOf, isHost } from './registry-form.ts';
import { TestSteps } from './test-steps.tsx';

/** Adds a registry, or edits one; it can be tried before it is saved. */
export function RegistryEditor(props: { readonly registry?: Registry; readonly onClose: () => void }) {
  const { registry, onClose } = props;
  const { t } = useTranslation();
  const [form, setForm] = useState<RegistryForm>(() => formOf(registry));
  const [wasTried, setTried] = useState(false);
  const vault = useAnswer('vault.state', {});
  const save = useDeed('registries.save', ['registries.list', 'images.repositories']);
  const test = useDeed('registries.test');
  const { shown, show } = useWorkspace();
  const forget = useReach((reaches) => reaches.forget);
  const change = (part: Partial<RegistryForm>): void => setForm({ ...form, ...part });
  const isHostWrong = !isHost(form.host);
  const vaultHint =
    vault.data === undefined || vault.data.canStore
      ? undefined
      : vault.data.why === undefined
        ? t(vault.data.isLocked ? 'registries.vaultLocked' : 'registries.vaultNone')
        : visibleText(vault.data.why);
  const found = useRef<HTMLDivElement>(null);
  // what trying it showed stands below a form that may be longer than the sheet
  useEffect(() => {
    found.current?.scrollIntoView({ block: 'nearest' });
  }, [test.data, test.error, test.isPending]);
  const submit = async (): Promise<void> => {
    setTried(true);
    if (isHostWrong) return;
    const saved = await save.mutateAsync(draftOf(form, registry));
    forget(saved.id);
    if (registry === undefined && shown === undefined) show({ registry: saved.id });
    onClose();
  };
  return (
    <Sheet
      title={
        registry === undefined
          ? t('registries.addTitle')
          : t('registries.editTitle', { name: visibleText(registry.name) })
      }
      onClose={onClose}
      actions={
        <>
          <Button
            disabled={isHostWrong || test.isPending}
            onClick={() => test.mutate({ draft: draftOf(form, registry) })}
          >
            {t('common.test')}
          </Button>
          <Button appearance="primary" disabled={save.isPending} onClick={() => void submit().catch(() => {})}>
            {t('common.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <form
        className="lines"
        onSubmit={(event) => {
          event.preventDefault();
          void submit().catch(() => {});
        }}
      >
        <div className="pair">
          <Field
            label={t('registries.host')}
            required
            hint={t('registries.hostHint')}
            {...(wasTried && isHostWrong
              ? { validationMessage: t('registries.hostWrong'), validationState: 'error' }
              : {})}
          >
            <Input
              value={form.host}
              spellCheck={false}
              autoFocus={registry === undefined}
              onChange={(_, { value }) => change({ host: value })}
            />
          </Field>
          <Field label={t('registries.name')}>
            <Input
              value={form.name}
              placeholder={isHostWrong ? '' : draftOf(form, registry).host}
              onChange={(_, { value }) => change({ name: value })}
            />
          </Field>
        </div>
        <div className="pair">
          <Field label={t('registries.user')}>
            <Input
              value={form.user}
              autoComplete="off"
              spellCheck={false}
              onChange={(_, { value }) => change({ user: value })}
            />
          </Field>
          <Field label={t('registries.password')}>
            <Input
              type="password"
              autoComplete="new-password"
              value={form.password}
              {...(registry === undefined || registry.credential === 'none'
                ? {}
                : { placeholder: t('registries.passwordKept') })}
              onChange={(_, { value }) => change({ password: value })}
            />
          </Field>
        </div>
        <Choice
          label={t('registries.remember')}
          value={form.remember}
          options={[
            { value: 'no', text: t('registries.rememberNo') },
            { value: 'session', text: t('registries.rememberSession') },
            { value: 'stored', text: t('registries.rememberStored'), isOff: vault.data?.canStore === false },
          ]}
          {...(vaultHint === undefined ? {} : { hint: vaultHint })}
          onChange={(remember) => change({ remember })}
        />
        <details>
          <summary>{t('registries.connection')}</summary>
          <div className="lines gap-top">
            <div>
              <Checkbox
                checked={form.plainHttp}
                label={t('registries.plainHttp')}
                onChange={(_, { checked }) => change({ plainHttp: checked === true })}
              />
              <Checkbox
                checked={form.insecure}
                label={t('registries.insecure')}
                onChange={(_, { checked }) => change({ insecure: checked === true })}
              />
              <Checkbox
                checked={form.rememberDestination}
                label={t('registries.rememberDestination')}
                onChange={(_, { checked }) => change({ rememberDestination: checked === true })}
              />
            </div>
            <Field label={t('registries.ca')}>
              <Textarea
                className="mono"
                rows={3}
                value={form.ca}
                spellCheck={false}
                onChange={(_, { value }) => change({ ca: value })}
              />
            </Field>
            <div>
              <FileButton label={t('common.choose')} onFile={({ text }) => change({ ca: text })} />
            </div>
            <Field label={t('registries.prefixes')} hint={t('registries.prefixesHint')}>
              <Textarea
                rows={3}
                value={form.prefixes}
                spellCheck={false}
                onChange={(_, { value }) => change({ prefixes: value })}
              />
            </Field>
          </div>
        </details>
        {save.error === null ? null : <FailureBox failure={failureOf(save.error)} />}
        <div ref={found}>
          {test.isPending ? <p className="plain quiet">{t('registries.testing', { host: form.host })}</p> : null}
          {test.error === null ? null : <FailureBox failure={failureOf(test.error)} />}
          {test.data === undefined ? null : <TestSteps steps={test.data.steps} version={test.data.version} />}
        </div>
        <button type="submit" hidden />
      </form>
    </Sheet>
  );
}

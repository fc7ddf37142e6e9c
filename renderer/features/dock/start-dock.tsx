import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useAnswer, useDeed, useFeed } from '../../state/client.tsx';
import { Choice } from '../../ui/choice.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { DockIcon } from '../../ui/icons.ts';
import { Button, Checkbox, Field, Input } from '../../ui/kit.ts';
import { DockAccess } from './dock-access.tsx';
import { type DockForm, dockOrderOf, mayBeWritable, usualDock, wrongIn } from './dock-form.ts';
import { Published } from './published.tsx';

const stops = ['never', 'h1', 'h2', 'h8', 'day'] as const;
const every = '0.0.0.0';

/** What a dock is to serve, where and to whom. */
export function StartDock(props: { readonly served: string | undefined }) {
  const { served } = props;
  const { t } = useTranslation();
  const [form, setForm] = useState<DockForm>(
    served === undefined ? usualDock : { ...usualDock, serve: { kind: 'bundle', id: served } },
  );
  const change = (part: Partial<DockForm>): void => setForm((now) => ({ ...now, ...part }));
  const { snapshot } = useFeed('bundles', {});
  const addresses = useAnswer('docks.addresses', {});
  const start = useDeed('docks.start');
  const open = (snapshot?.bundles ?? []).filter(({ state }) => state === 'open');
  const isGone =
    form.serve.kind === 'bundle' && snapshot !== undefined && !open.some(({ bundle }) => bundle === idOf(form));
  const wrong = wrongIn(form);
  return (
    <form
      className="dock-form lines"
      tabIndex={0}
      aria-label={t('dock.start')}
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong === undefined && !isGone) start.mutate(dockOrderOf(form));
      }}
    >
      <div>
        <h2>{t('dock.start')}</h2>
        <p className="plain quiet">{t('dock.intro')}</p>
      </div>
      <Choice
        label={t('dock.serve')}
        value={idOf(form)}
        options={[
          { value: '', text: t('dock.library') },
          ...open.map(({ bundle, name }) => ({
            value: bundle,
            text: t('dock.bundle', { name: visibleText(name, 80) }),
          })),
        ]}
        onChange={(id) =>
          change({ serve: id === '' ? { kind: 'library' } : { kind: 'bundle', id }, repositories: undefined })
        }
      />
      <div className="dock-address">
        <Choice
          label={t('dock.address')}
          value={form.address}
          options={[
            ...(addresses.data ?? [{ address: form.address, name: '', isLoopback: true }]).map(
              ({ address, name, isLoopback }) => ({
                value: address,
                text: t(isLoopback ? 'dock.loopback' : 'dock.network', { address, name: visibleText(name, 40) }),
              }),
            ),
            { value: every, text: t('dock.every', { address: every }) },
          ]}
          onChange={(address) => change({ address })}
        />
        <Field
          label={t('dock.port')}
          {...(wrong === 'port' ? { validationMessage: t('dock.portWrong') } : { hint: t('dock.portHint') })}
        >
          <Input value={form.port} inputMode="numeric" onChange={(_, { value }) => change({ port: value })} />
        </Field>
      </div>
      <Choice
        label={t('dock.stopAfter')}
        value={form.stopAfter}
        options={stops.map((value) => ({ value, text: t(`dock.stops.${value}`) }))}
        onChange={(stopAfter) => change({ stopAfter })}
      />
      <div>
        <Checkbox
          checked={form.isWritable && mayBeWritable(form)}
          disabled={!mayBeWritable(form)}
          label={t('dock.writable')}
          onChange={(_, { checked }) => change({ isWritable: checked === true })}
        />
        <Checkbox
          checked={form.hasCatalog}
          label={t('dock.catalog')}
          onChange={(_, { checked }) => change({ hasCatalog: checked === true })}
        />
      </div>
      {form.isWritable && mayBeWritable(form) ? null : (
        <Published
          serve={form.serve}
          isGone={isGone}
          chosen={form.repositories}
          onChange={(repositories) => change({ repositories })}
        />
      )}
      <DockAccess form={form} wrong={wrong} onChange={change} />
      {start.error === null ? null : <FailureBox failure={failureOf(start.error)} />}
      <div className="dock-start">
        <Button
          appearance="primary"
          type="submit"
          icon={<DockIcon />}
          disabled={wrong !== undefined || isGone || start.isPending}
        >
          {t('dock.startIt')}
        </Button>
      </div>
    </form>
  );
}

function idOf({ serve }: DockForm): string {
  return serve.kind === 'bundle' ? serve.id : '';
}

import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OpenedBundle } from '../../../electron/contract/bundles.ts';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useAnswer, useDeed } from '../../state/client.tsx';
import { useWorkspace } from '../../state/workspace.ts';
import { Choice } from '../../ui/choice.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { Button, Checkbox, Field, Input, Textarea } from '../../ui/kit.ts';
import { CheckLine } from './check-line.tsx';
import { readMaps } from './import-maps.ts';

const library = 'library:';

/** Where the images of a file go; the plan comes after everything was checked. */
export function BundleImportSheet(props: {
  readonly bundle: OpenedBundle;
  readonly only: readonly number[] | undefined;
  readonly onClose: () => void;
}) {
  const { bundle, only, onClose } = props;
  const { t } = useTranslation();
  const { destinations, plan } = useWorkspace();
  const registries = useAnswer('registries.list', {});
  const check = useDeed('bundles.check');
  const [to, setTo] = useState(destinations[0] ?? '');
  const [prefix, setPrefix] = useState('');
  const [mapsText, setMapsText] = useState('');
  const [createsProjects, setCreatesProjects] = useState(false);
  const [acceptsSender, setAcceptsSender] = useState(false);
  const [isPartial, setPartial] = useState(false);
  const [isWaiting, setWaiting] = useState(false);
  const known = registries.data ?? [];
  const chosen = known.some(({ id }) => id === to) || to === library ? to : (known[0]?.id ?? library);
  const { maps, wrongLine } = readMaps(mapsText);
  const state = bundle.check?.state;
  const isChecked = state === 'finished';
  const isDamaged = (bundle.check?.damaged ?? 0) > 0;
  const go = (): void => {
    plan({
      bundle: bundle.bundle,
      ...(only === undefined ? {} : { only }),
      ...(chosen === library ? {} : { registry: chosen }),
      prefix: prefix.trim(),
      maps,
      createsProjects,
      isPartial: isPartial && isDamaged,
      acceptsSender,
    });
    onClose();
  };
  const begin = (): void => {
    if (isChecked) return go();
    setWaiting(true);
    check.mutate({ bundle: bundle.bundle, action: 'start' });
    return undefined;
  };
  useEffect(() => {
    if (!isWaiting || state === undefined || state === 'running') return;
    setWaiting(false);
    // what was found wrong is shown here before anything is planned
    if (state === 'finished' && bundle.check?.damaged === 0) go();
  });
  const isRefused = bundle.sender === 'other' && !acceptsSender;
  return (
    <Sheet
      title={t('imports.title', { name: visibleText(bundle.name, 80) })}
      onClose={onClose}
      actions={
        <>
          <Button
            appearance="primary"
            disabled={isWaiting || isRefused || wrongLine !== undefined || registries.isPending}
            onClick={begin}
          >
            {t(isChecked ? 'imports.plan' : 'imports.checkAndPlan')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <div className="lines">
        <p className="plain">{only === undefined ? t('imports.all') : t('imports.some', { count: only.length })}</p>
        <div className="pair">
          <Choice
            label={t('imports.to')}
            value={chosen}
            options={[
              ...known.map(({ id, name }) => ({ value: id, text: visibleText(name, 120) })),
              { value: library, text: t('imports.library') },
            ]}
            onChange={setTo}
          />
          <Field label={t('imports.prefix')} hint={t('imports.prefixHint')}>
            <Input value={prefix} spellCheck={false} onChange={(_, { value }) => setPrefix(value)} />
          </Field>
        </div>
        <Field
          label={t('imports.maps')}
          hint={t('imports.mapsHint')}
          {...(wrongLine === undefined ? {} : { validationMessage: t('imports.mapsWrong', { line: wrongLine }) })}
        >
          <Textarea
            className="mono"
            rows={3}
            value={mapsText}
            spellCheck={false}
            onChange={(_, { value }) => setMapsText(value)}
          />
        </Field>
        <div>
          <Checkbox
            checked={createsProjects}
            label={t('imports.projects')}
            onChange={(_, { checked }) => setCreatesProjects(checked === true)}
          />
          {isDamaged ? (
            <Checkbox
              checked={isPartial}
              label={t('imports.partial')}
              onChange={(_, { checked }) => setPartial(checked === true)}
            />
          ) : null}
          {bundle.sender === 'other' ? (
            <Checkbox
              checked={acceptsSender}
              label={t('imports.accept')}
              onChange={(_, { checked }) => setAcceptsSender(checked === true)}
            />
          ) : null}
        </div>
        {check.error === null ? null : <FailureBox failure={failureOf(check.error)} />}
        {bundle.senderFailure === undefined || acceptsSender ? null : <FailureBox failure={bundle.senderFailure} />}
        {bundle.check === undefined ? <p className="plain quiet">{t('imports.checkFirst')}</p> : null}
        <CheckLine bundle={bundle} />
      </div>
    </Sheet>
  );
}

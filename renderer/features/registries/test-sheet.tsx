import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Registry } from '../../../electron/contract/registries.ts';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useDeed } from '../../state/client.tsx';
import { useReach } from '../../state/reach.ts';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { Button, Spinner } from '../../ui/kit.ts';
import { TestSteps } from './test-steps.tsx';

/** Tries a registry and shows what works. */
export function TestSheet(props: { readonly registry: Registry; readonly onClose: () => void }) {
  const { registry, onClose } = props;
  const { t } = useTranslation();
  const test = useDeed('registries.test');
  const learn = useReach((reaches) => reaches.learn);
  const run = (): void =>
    test.mutate(
      { id: registry.id },
      {
        onSuccess: ({ steps }) => {
          const failed = steps.find(
            ({ step, outcome }) => outcome === 'failed' && step !== 'catalog' && step !== 'push',
          );
          learn(registry.id, failed === undefined ? 'good' : 'bad', failed?.failure);
        },
        onError: (thrown) => learn(registry.id, 'bad', failureOf(thrown)),
      },
    );
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when the sheet opens
  useEffect(run, [registry.id]);
  return (
    <Sheet
      title={t('registries.testTitle', { host: visibleText(registry.host) })}
      onClose={onClose}
      actions={
        <>
          <Button disabled={test.isPending} onClick={run}>
            {t('common.retry')}
          </Button>
          <Button appearance="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        </>
      }
    >
      {test.isPending ? (
        <Spinner size="tiny" label={t('registries.testing', { host: visibleText(registry.host) })} />
      ) : null}
      {test.error === null ? null : <FailureBox failure={failureOf(test.error)} />}
      {test.data === undefined ? null : <TestSteps steps={test.data.steps} version={test.data.version} />}
    </Sheet>
  );
}

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Registry } from '../../../electron/contract/registries.ts';
import { isRepositoryPath } from '../../../electron/oci/reference.ts';
import { useDeed } from '../../state/client.tsx';
import { useWorkspace } from '../../state/workspace.ts';
import { Sheet } from '../../ui/dialogs.tsx';
import { Button, Field, Input } from '../../ui/kit.ts';
import { draftOf, formOf } from './registry-form.ts';

/** Takes the path of a repository that the registry does not list, keeps it and shows it. */
export function TypeRepository(props: { readonly registry: Registry; readonly onClose: () => void }) {
  const { registry, onClose } = props;
  const { t } = useTranslation();
  const [path, setPath] = useState('');
  const save = useDeed('registries.save', ['registries.list', 'images.repositories']);
  const show = useWorkspace((workspace) => workspace.show);
  const repository = path.trim().replace(/^\/+|\/+$/g, '');
  const isRight = isRepositoryPath(repository);
  const submit = (): void => {
    if (!isRight) return;
    const prefixes = [...new Set([...registry.prefixes, repository])];
    save.mutate({ ...draftOf(formOf(registry), registry), prefixes });
    show({ registry: registry.id, repository });
    onClose();
  };
  return (
    <Sheet
      title={t('registries.typed')}
      size="small"
      onClose={onClose}
      actions={
        <>
          <Button appearance="primary" disabled={!isRight} onClick={submit}>
            {t('registries.showIt')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('registries.typed')} hint={t('registries.typedHint')}>
          <Input value={path} autoFocus spellCheck={false} onChange={(_, { value }) => setPath(value)} />
        </Field>
      </form>
    </Sheet>
  );
}

import { useTranslation } from 'react-i18next';
import type { Registry } from '../../../electron/contract/registries.ts';
import { visibleText } from '../../format/visible.ts';
import { useDeed } from '../../state/client.tsx';
import { Question } from '../../ui/dialogs.tsx';

/** Asks before a registry is forgotten. */
export function RemoveRegistry(props: { readonly registry: Registry; readonly onClose: () => void }) {
  const { registry, onClose } = props;
  const { t } = useTranslation();
  const remove = useDeed('registries.remove', ['registries.list']);
  return (
    <Question
      title={t('registries.remove')}
      text={t('registries.removeText', { name: visibleText(registry.name) })}
      answer={t('common.remove')}
      onAnswer={() => {
        remove.mutate({ id: registry.id });
        onClose();
      }}
      onClose={onClose}
    />
  );
}

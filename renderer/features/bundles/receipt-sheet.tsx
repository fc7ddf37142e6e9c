import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../format/visible.ts';
import { failureOf, useAnswer, useDeed } from '../../state/client.tsx';
import { useCarrying } from '../../state/carrying.ts';
import { Choice } from '../../ui/choice.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { Button, Field, Input } from '../../ui/kit.ts';
import { type TargetDraft, targetOf } from './target.ts';
import { TargetField } from './target-field.tsx';

/** Asks of which registry a receipt is to be made, and where it is to be written. */
export function ReceiptSheet(props: { readonly onClose: () => void }) {
  const { onClose } = props;
  const { t } = useTranslation();
  const registries = useAnswer('registries.list', {});
  const choose = useCarrying((carrying) => carrying.choose);
  const make = useDeed('receipts.make');
  const [registry, setRegistry] = useState('');
  const [prefix, setPrefix] = useState('');
  const [target, setTarget] = useState<TargetDraft>({ name: 'receipt.json' });
  const known = registries.data ?? [];
  const chosen = known.find(({ id }) => id === registry) ?? known[0];
  const place = targetOf(target);
  const start = (): void => {
    if (chosen === undefined || place === undefined) return;
    make.mutate(
      { registry: chosen.id, prefix: prefix.trim(), target: place },
      {
        onSuccess: ({ receipt }) => {
          choose({ kind: 'receipt', id: receipt });
          onClose();
        },
      },
    );
  };
  return (
    <Sheet
      title={t('receipts.title')}
      onClose={onClose}
      actions={
        <>
          <Button
            appearance="primary"
            disabled={chosen === undefined || place === undefined || make.isPending}
            onClick={start}
          >
            {t('receipts.start')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <div className="lines">
        <p className="plain quiet">{t('receipts.intro')}</p>
        <div className="pair">
          <Choice
            label={t('receipts.registry')}
            value={chosen?.id ?? ''}
            options={known.map(({ id, name }) => ({ value: id, text: visibleText(name, 120) }))}
            onChange={setRegistry}
          />
          <Field label={t('receipts.prefix')} hint={t('receipts.prefixHint')}>
            <Input value={prefix} spellCheck={false} onChange={(_, { value }) => setPrefix(value)} />
          </Field>
        </div>
        {make.error === null ? null : <FailureBox failure={failureOf(make.error)} />}
        <TargetField target={target} onChange={setTarget} />
      </div>
    </Sheet>
  );
}

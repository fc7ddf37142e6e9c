import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf, useDeed } from '../../state/client.tsx';
import { FailureBox } from '../../ui/failure.tsx';
import { Button, Field, Input } from '../../ui/kit.ts';

/** Takes a passphrase to unlock the vault, or to make one. */
export function PassphraseForm(props: {
  readonly deed: 'vault.unlock' | 'vault.create';
  readonly onDone?: () => void;
}) {
  const { deed, onDone } = props;
  const { t } = useTranslation();
  const [passphrase, setPassphrase] = useState('');
  const act = useDeed(deed, ['vault.state', 'registries.list']);
  return (
    <form
      className="lines tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase === '') return;
        act.mutate({ passphrase }, { onSuccess: () => onDone?.() });
        setPassphrase('');
      }}
    >
      <div className="line passphrase">
        <Field label={t('settings.passphrase')}>
          <Input
            type="password"
            autoComplete="off"
            value={passphrase}
            onChange={(_, { value }) => setPassphrase(value)}
          />
        </Field>
        <Button type="submit" disabled={passphrase === '' || act.isPending}>
          {deed === 'vault.unlock' ? t('settings.unlock') : t('settings.create')}
        </Button>
      </div>
      {act.error === null ? null : <FailureBox failure={failureOf(act.error)} />}
    </form>
  );
}

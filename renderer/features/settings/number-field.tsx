import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Field, Input } from '../../ui/kit.ts';

/** A whole number that counts once it is left or Enter pressed; `canBeEmpty` gives undefined for nothing. */
export function NumberField(props: {
  readonly label: string;
  readonly value: number | undefined;
  readonly least: number;
  readonly most: number;
  readonly hint?: string;
  readonly canBeEmpty?: boolean;
  readonly onValue: (value: number | undefined) => void;
}) {
  const { label, value, least, most, hint, canBeEmpty = false, onValue } = props;
  const { t } = useTranslation();
  const shown = value === undefined ? '' : String(value);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const number = Number(text);
  const isEmpty = text.trim() === '';
  const isRight = isEmpty ? canBeEmpty : Number.isInteger(number) && number >= least && number <= most;
  const take = (): void => {
    if (isRight && text !== shown) onValue(isEmpty ? undefined : number);
  };
  return (
    <Field
      label={label}
      {...(hint === undefined ? {} : { hint })}
      {...(isRight ? {} : { validationState: 'error', validationMessage: t('settings.number', { least, most }) })}
    >
      <Input
        inputMode="numeric"
        value={text}
        onChange={(_, data) => setText(data.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
        }}
      />
    </Field>
  );
}

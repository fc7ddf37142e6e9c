import { Field, Select } from '@fluentui/react-components';

/** One of a few values, chosen from a list under a label. */
export function Choice<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly {
    readonly value: Value;
    readonly text: string;
    readonly lang?: string;
    readonly isOff?: boolean;
  }[];
  readonly hint?: string;
  readonly onChange: (value: Value) => void;
}) {
  const { label, value, options, hint, onChange } = props;
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      <Select
        value={value}
        onChange={(_, data) => {
          const chosen = options.find((option) => option.value === data.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} lang={option.lang} disabled={option.isOff === true}>
            {option.text}
          </option>
        ))}
      </Select>
    </Field>
  );
}

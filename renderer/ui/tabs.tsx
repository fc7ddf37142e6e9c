import { Tab, TabList } from '@fluentui/react-components';

/** A row of tabs, of which one is shown. */
export function Tabs<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly tabs: readonly { readonly value: Value; readonly text: string; readonly isOff?: boolean }[];
  readonly onChange: (value: Value) => void;
}) {
  const { label, value, tabs, onChange } = props;
  return (
    <TabList
      size="small"
      aria-label={label}
      selectedValue={value}
      onTabSelect={(_, data) => {
        const chosen = tabs.find((tab) => tab.value === data.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      {tabs.map((tab) => (
        <Tab key={tab.value} value={tab.value} disabled={tab.isOff === true}>
          {tab.text}
        </Tab>
      ))}
    </TabList>
  );
}

import { Button, Tooltip } from '@fluentui/react-components';
import type { ReactElement } from 'react';

/** A button of an icon alone; its label is read aloud and shown on hover. */
export function IconButton(props: {
  readonly label: string;
  readonly icon: ReactElement;
  readonly isOff?: boolean;
  readonly onClick: () => void;
}) {
  const { label, icon, isOff = false, onClick } = props;
  return (
    <Tooltip content={label} relationship="label">
      <Button size="small" appearance="subtle" icon={icon} disabled={isOff} onClick={onClick} />
    </Tooltip>
  );
}

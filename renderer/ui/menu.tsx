import { Button, Menu, MenuDivider, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { Fragment, type ReactElement } from 'react';
import { MoreIcon } from './icons.ts';

/** One line of a menu. */
export interface MenuAction {
  readonly text: string;
  readonly icon?: ReactElement;
  readonly keys?: string;
  readonly isOff?: boolean;
  /** A line above it. */
  readonly isApart?: boolean;
  readonly act: () => void;
}

/** A small button of three dots, or with a text, that opens a menu. */
export function ActionMenu(props: {
  readonly label: string;
  readonly actions: readonly MenuAction[];
  readonly text?: string;
  readonly className?: string;
}) {
  const { label, actions, text, className } = props;
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          size="small"
          appearance="subtle"
          {...(className === undefined ? {} : { className })}
          {...(text === undefined ? { icon: <MoreIcon />, 'aria-label': label } : {})}
        >
          {text}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {actions.map(({ text: line, icon, keys, isOff, isApart, act }) => (
            <Fragment key={line}>
              {isApart === true ? <MenuDivider /> : null}
              <MenuItem
                onClick={act}
                disabled={isOff === true}
                {...(icon === undefined ? {} : { icon })}
                {...(keys === undefined ? {} : { secondaryContent: keys })}
              >
                {line}
              </MenuItem>
            </Fragment>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

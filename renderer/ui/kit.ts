/** The kit's parts that features may use; nothing else of it is known outside `ui`. */
export {
  Button,
  Checkbox,
  Field,
  Input,
  Menu,
  MenuItem,
  MenuItemCheckbox,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Spinner,
  Textarea,
} from '@fluentui/react-components';

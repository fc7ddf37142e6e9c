import { useTranslation } from 'react-i18next';
import type { Registry } from '../../../electron/contract/registries.ts';
import { visibleText } from '../../format/visible.ts';
import { OpenIcon } from '../../ui/icons.ts';
import { Button, Menu, MenuItem, MenuItemCheckbox, MenuList, MenuPopover, MenuTrigger } from '../../ui/kit.ts';

/** Chooses one or several registries to copy to. */
export function DestinationPicker(props: {
  readonly registries: readonly Registry[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const { registries, chosen, onChange } = props;
  const { t } = useTranslation();
  const names = chosen.flatMap((id) => registries.find((registry) => registry.id === id)?.name ?? []);
  return (
    <div className="line">
      <span id="destinations-label">{t('images.destinations')}</span>
      <Menu
        persistOnItemClick
        checkedValues={{ to: [...chosen] }}
        onCheckedValueChange={(_, { checkedItems }) => onChange(checkedItems)}
      >
        <MenuTrigger disableButtonEnhancement>
          <Button
            className="picker"
            icon={<OpenIcon />}
            iconPosition="after"
            aria-labelledby="destinations-label destinations-value"
          >
            <span
              id="destinations-value"
              className={`cut grow${names.length === 0 ? ' quiet' : ''}`}
              title={visibleText(names.join(', '))}
            >
              {names.length === 0 ? t('images.chooseDestination') : visibleText(names.join(', '))}
            </span>
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {registries.length === 0 ? <MenuItem disabled>{t('images.noRegistries')}</MenuItem> : null}
            {registries.map(({ id, name, host }) => (
              <MenuItemCheckbox
                key={id}
                name="to"
                value={id}
                {...(name === host ? {} : { secondaryContent: visibleText(host) })}
              >
                {visibleText(name)}
              </MenuItemCheckbox>
            ))}
          </MenuList>
        </MenuPopover>
      </Menu>
    </div>
  );
}

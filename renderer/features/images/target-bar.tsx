import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImageName } from '../../../electron/contract/images.ts';
import type { Registry } from '../../../electron/contract/registries.ts';
import { failureText } from '../../format/error-text.ts';
import { countText } from '../../format/numbers.ts';
import { visibleText } from '../../format/visible.ts';
import { useLanguage } from '../../locales/i18n.ts';
import { failureOf, useAnswer } from '../../state/client.tsx';
import { useSettled } from '../../state/use-settled.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { WarningIcon } from '../../ui/icons.ts';
import { Input } from '../../ui/kit.ts';
import { ActionMenu } from '../../ui/menu.tsx';

const mostPreviewed = 200;

/** How images are named at the destination, with what becomes of the selected ones. */
export function TargetBar(props: { readonly registries: readonly Registry[]; readonly names: readonly ImageName[] }) {
  const { registries, names } = props;
  const { t } = useTranslation();
  const { destinations, template, setTemplate } = useWorkspace();
  const [first] = destinations;
  if (first === undefined || !registries.some(({ id }) => id === first)) return null;
  return (
    <div className="bar-line target-line line">
      <label htmlFor="template">{t('images.template')}</label>
      <Input
        id="template"
        className="template mono"
        size="small"
        spellCheck={false}
        value={template}
        title={t('images.templateHint')}
        onChange={(_, { value }) => setTemplate(value)}
      />
      <ActionMenu
        label={t('images.presets')}
        text="{ }"
        actions={[
          { text: t('images.presetKeep'), keys: '{path}:{tag}', act: () => setTemplate('{path}:{tag}') },
          { text: t('images.presetFlat'), keys: '{name}:{tag}', act: () => setTemplate('{name}:{tag}') },
          {
            text: t('images.presetHost'),
            keys: '{upstream}/{path}:{tag}',
            act: () => setTemplate('{upstream}/{path}:{tag}'),
          },
        ]}
      />
      <Preview names={names} registry={first} template={template} />
    </div>
  );
}

function Preview(props: {
  readonly names: readonly ImageName[];
  readonly registry: string;
  readonly template: string;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { names: given, registry: to, template: named } = props;
  // one object as long as nothing changes, or it would never settle while the page is drawn
  const asked = useMemo(() => ({ names: given, registry: to, template: named }), [given, to, named]);
  const { names, registry, template } = useSettled(asked, 200);
  const preview = useAnswer(
    'images.preview',
    names.length === 0 ? undefined : { images: names.slice(0, mostPreviewed), template, registry },
  );
  if (names.length === 0) return <span className="quiet cut grow">{t('images.previewNone')}</span>;
  if (preview.error !== null) return <Warned text={failureText(failureOf(preview.error), language).cause} />;
  const [row] = preview.data?.rows ?? [];
  if (row === undefined) return <span className="grow" />;
  const [conflict] = preview.data?.conflicts ?? [];
  if (conflict !== undefined)
    return <Warned text={t('images.previewConflict', { reference: visibleText(conflict) })} />;
  const wrong = preview.data?.rows.find(({ failure }) => failure !== undefined)?.failure;
  if (wrong !== undefined) return <Warned text={visibleText(wrong.message)} />;
  const text = t('images.preview', {
    source: visibleText(row.source),
    destination: visibleText(row.destination ?? ''),
  });
  return (
    <span className="cut grow" title={text} aria-live="polite">
      {text}
      {names.length > 1 ? (
        <span className="quiet"> {t('images.previewMore', { n: countText(names.length - 1, language) })}</span>
      ) : null}
    </span>
  );
}

function Warned(props: { readonly text: string }) {
  return (
    <span className="line grow tone-warn" role="alert">
      <WarningIcon aria-hidden="true" />
      <span className="cut" title={props.text}>
        {props.text}
      </span>
    </span>
  );
}

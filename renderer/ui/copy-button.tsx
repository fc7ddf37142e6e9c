import { Button } from '@fluentui/react-components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyIcon } from './icons.ts';

/** Puts a text on the clipboard and says so. */
export function CopyButton(props: { readonly text: string; readonly label: string }) {
  const { text, label } = props;
  const { t } = useTranslation();
  const [copied, setCopied] = useState<string>();
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  return (
    <Button size="small" appearance="subtle" icon={<CopyIcon />} onClick={() => void copy()}>
      <span aria-live="polite">{copied === text ? t('common.copied') : label}</span>
    </Button>
  );
}

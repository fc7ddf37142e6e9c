import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { CloseIcon } from './icons.ts';

/** A dialog over the window; Esc and the cross close it. `actions` stand at its foot, the one that goes on first. */
export function Sheet(props: {
  readonly title: string;
  readonly size?: 'small' | 'medium' | 'large';
  readonly onClose: () => void;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, size = 'medium', onClose, actions, children } = props;
  const { t } = useTranslation();
  useEffect(() => {
    // the part that had the focus may be gone; the kit hears keys only from within the dialog
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && document.activeElement === document.body) onClose();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [onClose]);
  useEffect(() => focusSheetBelow, []);
  return (
    <Dialog open surfaceMotion={null} onOpenChange={(_, { open }) => (open ? undefined : onClose())}>
      <DialogSurface tabIndex={-1} className={`sheet sheet-${size}`} backdrop={{ className: 'sheet-backdrop' }}>
        <DialogBody className="sheet-body">
          <DialogTitle
            action={
              <Button
                appearance="subtle"
                size="small"
                icon={<CloseIcon />}
                aria-label={t('common.close')}
                onClick={onClose}
              />
            }
          >
            {title}
          </DialogTitle>
          <DialogContent className="sheet-content">{children}</DialogContent>
          {actions === undefined ? null : <DialogActions className="sheet-actions">{actions}</DialogActions>}
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** What lies under a sheet that is gone is only for those who see it until it has the focus: the kit hides it from all others. */
function focusSheetBelow(): void {
  const below = [...document.querySelectorAll<HTMLElement>('.sheet')].at(-1);
  if (below !== undefined && !below.contains(document.activeElement)) below.focus();
}

/** A question with one dangerous or final answer. */
export function Question(props: {
  readonly title: string;
  readonly text: string;
  readonly answer: string;
  readonly onAnswer: () => void;
  readonly onClose: () => void;
}) {
  const { title, text, answer, onAnswer, onClose } = props;
  const { t } = useTranslation();
  return (
    <Sheet
      title={title}
      size="small"
      onClose={onClose}
      actions={
        <>
          <Button appearance="primary" onClick={onAnswer}>
            {answer}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <p className="plain">{text}</p>
    </Sheet>
  );
}

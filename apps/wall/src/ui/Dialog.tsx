import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { FormEvent, ReactNode } from 'react';
import { Button } from './Button.tsx';
import './overlays.css';

interface DialogProps {
  title: string;
  /** What it is about, in one sentence. */
  text?: ReactNode;
  size?: 's' | 'm' | 'l' | 'xl';
  onClose: () => void;
  /** Before Escape closes it, which `preventDefault` keeps it from. */
  onEscape?: (event: KeyboardEvent) => void;
  children?: ReactNode;
  foot?: ReactNode;
}

/** A modal. Its backdrop is our own element: the primitive's would inject a style sheet, which our policy forbids. */
export function Dialog({ title, text, size = 'm', onClose, onEscape, children, foot }: DialogProps) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <div className="dialog-back" />
        <Radix.Content
          className="dialog"
          data-size={size}
          {...(onEscape && { onEscapeKeyDown: onEscape })}
          {...(text ? {} : { 'aria-describedby': undefined })}
        >
          <div className="dialog-head">
            <div>
              <Radix.Title className="dialog-title">{title}</Radix.Title>
              {text && <Radix.Description className="dialog-text">{text}</Radix.Description>}
            </div>
            <Button kind="quiet" className="icon-button" aria-label="Close" onClick={onClose}>
              <X />
            </Button>
          </div>
          {children}
          {foot}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A modal with a form: fields, a fault that belongs to no field, cancel and one action. */
export function FormDialog({
  action,
  kind = 'primary',
  busy,
  fault,
  onSubmit,
  children,
  ...rest
}: Omit<DialogProps, 'foot'> & {
  action: string;
  kind?: 'primary' | 'danger';
  busy: boolean;
  fault: string | null;
  onSubmit: () => void;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onSubmit();
  };
  return (
    <Dialog {...rest}>
      <form onSubmit={submit} noValidate autoComplete="off" className="dialog-form">
        {children && <div className="dialog-body">{children}</div>}
        <div className="dialog-foot">
          {fault && (
            <p className="field-fault" role="alert">
              {fault}
            </p>
          )}
          <Button kind="quiet" onClick={rest.onClose}>
            Cancel
          </Button>
          <Button kind={kind} type="submit" disabled={busy}>
            {busy ? 'Working…' : action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Somebody else removed what a dialog was about. `what` is its name. */
export function GoneDialog({ what, onClose }: { what: string; onClose: () => void }) {
  return (
    <Dialog
      title={`${what} was removed`}
      text="Somebody else removed it while this was open, so nothing more can be changed about it."
      size="s"
      onClose={onClose}
      foot={
        <div className="dialog-foot">
          <Button kind="primary" autoFocus onClick={onClose}>
            Close
          </Button>
        </div>
      }
    />
  );
}

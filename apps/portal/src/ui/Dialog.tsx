import { useEffect, useId, useRef, type ReactNode } from 'react';

/** A question that has to be answered first: the browser's own modal dialog, with its focus and Escape. */
export function Dialog({
  open,
  title,
  close,
  children,
}: {
  open: boolean;
  title: string;
  close(): void;
  children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open && ref.current?.open === false) ref.current.showModal();
    if (!open) ref.current?.close();
  }, [open]);
  return (
    <dialog ref={ref} onClose={close} aria-labelledby={id}>
      <div className="stack">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

import { Info, TriangleAlert, X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { useStore } from 'zustand';
import { dismissToast, toastStore } from '../state/toasts.ts';
import { Button, IconButton } from './Button.tsx';
import './overlays.css';

/** How long a message stays: long enough to read a refusal and what to do about it. */
const stayMs = { plain: 6_000, warn: 12_000 } as const;

export function Toasts() {
  const toasts = useStore(toastStore, (state) => state.toasts);
  return (
    <Toast.Provider label="Message" swipeDirection="right">
      {toasts.map(({ id, tone, title, text, action }) => (
        <Toast.Root
          key={id}
          className="toast"
          data-tone={tone}
          duration={stayMs[action ? 'warn' : tone]}
          onOpenChange={(open) => !open && dismissToast(id)}
        >
          {tone === 'warn' ? <TriangleAlert aria-hidden="true" /> : <Info aria-hidden="true" />}
          <div>
            <Toast.Title className="toast-title">{title}</Toast.Title>
            {text && <Toast.Description className="toast-text">{text}</Toast.Description>}
          </div>
          {action && (
            <Toast.Action asChild altText={action.label}>
              <Button onClick={action.run}>{action.label}</Button>
            </Toast.Action>
          )}
          <Toast.Close asChild>
            <IconButton label="Dismiss">
              <X />
            </IconButton>
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="toasts" />
    </Toast.Provider>
  );
}

import { maxWorkstationWindows } from '@clerestory/protocol';
import { AppWindow } from 'lucide-react';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { placeOf } from './window-place.ts';
import './workstation.css';

const numbers = Array.from({ length: maxWorkstationWindows }, (_, at) => at + 1);

/** Opens a window where it was when it was last closed here. */
export function openWindow(number: number): void {
  const place = placeOf(number);
  const at = place ? `,left=${place.left},top=${place.top},width=${place.width},height=${place.height}` : '';
  window.open(`/workstation/${number}`, `clerestory-workstation-${number}`, `popup${at}`);
}

/** The up to four windows of somebody's own wall. What is on them is kept per person and workstation. */
export function WindowsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title="Your workstation"
      text="Up to four windows that are yours alone. What you put on them is there again when you sit down here the next time."
      size="m"
      onClose={onClose}
    >
      <div className="dialog-body">
        <ul className="desk-windows">
          {numbers.map((number) => (
            <li key={number}>
              <Button onClick={() => openWindow(number)} data-open-window={number} autoFocus={number === 1}>
                <AppWindow aria-hidden="true" />
                Open window {number}
              </Button>
            </li>
          ))}
        </ul>
        <p className="dim">
          Move each window to its monitor and press F11 for the whole of it. If nothing opens, allow this page
          to open windows in your browser’s address bar.
        </p>
      </div>
    </Dialog>
  );
}

import './controls.css';

const names: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  Enter: 'Enter',
  ' ': 'Space',
  'Ctrl+k': 'Ctrl K',
};

/** A key as it is written on keyboards. Takes the name of `KeyboardEvent.key`. */
export const Kbd = ({ name }: { name: string }) => (
  <kbd className="kbd">{names[name] ?? (name.length === 1 ? name.toUpperCase() : name)}</kbd>
);

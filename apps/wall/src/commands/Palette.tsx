import { Cctv, LayoutGrid, Monitor, TerminalSquare } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useState, type KeyboardEvent } from 'react';
import { Kbd } from '../ui/Kbd.tsx';
import { consoleCommands } from './list.ts';
import { findInPalette, type Found } from './palette-find.ts';
import { useActions } from './use-actions.ts';
import { useContextNow, useRun } from './use-commands.ts';
import './palette.css';

const listId = 'palette-list';
const keyOf = (one: Found): string => {
  switch (one.kind) {
    case 'command':
      return `command-${one.command.id}`;
    case 'camera':
      return `camera-${one.camera.id}`;
    case 'screen':
      return `screen-${one.screen.id}`;
    case 'layout':
      return `layout-${one.layout}`;
  }
};
const domId = (one: Found) => `palette-${keyOf(one).replaceAll(/[^a-z0-9-]/gi, '_')}`;

function Line({ one }: { one: Found }) {
  switch (one.kind) {
    case 'command': {
      const { label, group, keys } = one.command;
      return (
        <>
          <TerminalSquare aria-hidden="true" />
          <span className="cut">{label}</span>
          <span className="palette-kind">{one.can ? group : one.only ? `for ${one.only}s` : 'not now'}</span>
          {keys[0] && <Kbd name={keys[0]} />}
        </>
      );
    }
    case 'camera':
      return (
        <>
          <Cctv aria-hidden="true" />
          <span className="cut">
            <b>{one.camera.number}</b> {one.camera.name}
          </span>
          <span className="palette-kind cut">{one.camera.place || 'camera'}</span>
        </>
      );
    case 'screen':
      return (
        <>
          <Monitor aria-hidden="true" />
          <span className="cut">
            <b>{one.number}</b> {one.screen.name}
          </span>
          <span className="palette-kind">screen</span>
        </>
      );
    case 'layout':
      return (
        <>
          <LayoutGrid aria-hidden="true" />
          <span className="cut">{one.name}</span>
          <span className="palette-kind">layout of this screen</span>
        </>
      );
  }
}

/** Everything that can be done or called up, by typing a part of its name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const actions = useActions();
  const run = useRun(null, 'palette');
  const context = useContextNow();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const found = findInPalette(query, consoleCommands, context);
  const chosen = found[Math.min(at, found.length - 1)];

  const take = (one: Found) => {
    if (one.kind === 'command' && !one.can) return;
    onClose();
    if (one.kind === 'command') run(one.command.id);
    else if (one.kind === 'camera') actions.useCamera(one.camera.id);
    else if (one.kind === 'screen') actions.select(one.screen.id, null);
    else if (context.console.screen !== null) actions.setLayout(context.console.screen, one.layout);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) {
      const next = Math.min(found.length - 1, Math.max(0, at + step));
      setAt(next);
      const element = found[next] && document.getElementById(domId(found[next]));
      element?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && chosen) take(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <div className="dialog-back" />
        <Radix.Content className="palette" aria-describedby={undefined}>
          <Radix.Title className="visually-hidden">Find a command, a camera or a screen</Radix.Title>
          <input
            className="field-input palette-input"
            role="combobox"
            aria-label="Command, camera or screen"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={chosen && domId(chosen)}
            placeholder="What do you want to do? Or a camera’s number or name"
            autoComplete="off"
            spellCheck={false}
            autoFocus
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setAt(0);
            }}
            onKeyDown={onKeyDown}
          />
          <ul id={listId} role="listbox" aria-label="Found" className="palette-list" tabIndex={-1}>
            {found.map((one) => (
              <li
                key={keyOf(one)}
                id={domId(one)}
                role="option"
                aria-selected={one === chosen}
                aria-disabled={one.kind === 'command' && !one.can}
                className="palette-line"
                data-palette={keyOf(one)}
                onClick={() => take(one)}
              >
                <Line one={one} />
              </li>
            ))}
          </ul>
          {found.length === 0 && <p className="palette-none">Nothing is called “{query}”.</p>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

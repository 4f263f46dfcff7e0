import { ContextMenu, DropdownMenu } from 'radix-ui';
import { consoleCommands } from './list.ts';
import { useCan, useRun, type MenuTarget } from './use-commands.ts';
import { Kbd } from '../ui/Kbd.tsx';
import '../ui/overlays.css';

const parts = { context: ContextMenu, dropdown: DropdownMenu } as const;

/** Menu items made from the registry; `-` is a line. */
export function CommandItems({
  kind,
  ids,
  target = null,
}: {
  kind: keyof typeof parts;
  ids: readonly string[];
  target?: MenuTarget | null;
}) {
  const { Item, Separator } = parts[kind];
  const run = useRun(target);
  const can = useCan(target);
  return ids.map((id, index) => {
    if (id === '-') return <Separator key={`line-${index}`} className="menu-line" />;
    const { label, keys, keysShown } = consoleCommands.get(id);
    const key = (keysShown ?? keys)[0];
    return (
      <Item key={id} className="menu-item" disabled={!can(id)} onSelect={() => run(id)}>
        {label}
        {key && <Kbd name={key} />}
      </Item>
    );
  });
}

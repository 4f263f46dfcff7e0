import { LayoutId } from '@clerestory/protocol';
import { layoutOf, layouts, tileCount } from '@clerestory/layout';
import { ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { KeyboardEvent } from 'react';
import { Button } from '../../ui/Button.tsx';
import { LayoutDiagram } from './LayoutDiagram.tsx';
import { overlayHost } from '../../ui/OverlayHost.tsx';
import './layouts.css';

/** Diagrams per row; the arrow keys follow it. */
const columns = 5;
const steps: Record<string, number> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -columns,
  ArrowDown: columns,
};

/** Moves the focus as the eye sees the grid; the menu alone would only know up and down. */
function moveInGrid(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitemradio"]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + step))]?.focus();
}

/** The named grids as drawings; choosing one changes the screen at once. */
export function LayoutPicker({
  value,
  open,
  onOpenChange,
  onChoose,
  onDraw,
}: {
  value: LayoutId;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onChoose: (layout: LayoutId) => void;
  /** A layout of one's own. */
  onDraw?: () => void;
}) {
  const choose = (text: string) => {
    const layout = LayoutId.safeParse(text);
    if (layout.success) onChoose(layout.data);
  };
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger asChild>
        <Button aria-label={`Layout: ${layoutOf(value).name}`}>
          <LayoutDiagram layout={value} height={16} />
          {layoutOf(value).name}
          <ChevronDown aria-hidden="true" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={overlayHost()}>
        <DropdownMenu.Content
          className="menu layout-menu"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onKeyDownCapture={moveInGrid}
        >
          <DropdownMenu.Label className="menu-label">Layout</DropdownMenu.Label>
          <DropdownMenu.RadioGroup className="layout-grid" value={value} onValueChange={choose}>
            {layouts.map(({ id, name }) => (
              <DropdownMenu.RadioItem key={id} value={id} className="layout-choice" data-layout={id}>
                <LayoutDiagram layout={id} />
                <span className="layout-name">{name}</span>
                <span className="visually-hidden">, {tileCount(id)} tiles</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          {onDraw && (
            <>
              <DropdownMenu.Separator className="menu-line" />
              <DropdownMenu.Item className="menu-item" onSelect={onDraw}>
                Draw your own…
              </DropdownMenu.Item>
            </>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

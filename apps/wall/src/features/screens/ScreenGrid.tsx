import type { Screen } from '@clerestory/protocol';
import { layoutOf } from '@clerestory/layout';
import { ContextMenu } from 'radix-ui';
import { useState, type MouseEvent } from 'react';
import { CommandItems } from '../../commands/CommandItems.tsx';
import { useActions } from '../../commands/use-actions.ts';
import type { MenuTarget } from '../../commands/use-commands.ts';
import { useConsole } from '../../state/use-console.ts';
import { useHidden } from '../../state/hidden.ts';
import { useShown } from '../../state/use-shown.ts';
import { useWall } from '../../state/use-wall.ts';
import { blanked } from './shown.ts';
import { Tile } from './Tile.tsx';
import { overlayHost } from '../../ui/OverlayHost.tsx';

const tileMenu = [
  ...[
    'tile.ask',
    '-',
    'tile.clear',
    'tile.swap',
    '-',
    'tile.back',
    'tile.forward',
    'tile.tour',
    'tile.tour-pause',
  ],
  ...['hot-spot.set', '-', 'screen.open'],
];

/** A screen in small, tile for tile as its layout has it, with a right-click menu on each tile. */
export function ScreenGrid({ screen, large }: { screen: Screen; large: boolean }) {
  const actions = useActions();
  const status = useWall((state) => state.screens[screen.id]);
  const chosen = useConsole((state) => (state.screen === screen.id ? state.tile : null));
  const [target, setTarget] = useState<MenuTarget | null>(null);
  const shown = useShown(screen).screen;
  const hidden = useHidden();
  const linked = useWall((state) => state.link.state === 'online');
  const dark = blanked(screen.blank, status, linked)?.dark ?? false;
  const hotSpot = useWall((state) =>
    state.wall?.hotSpot?.screen === screen.id ? state.wall.hotSpot.tile : null,
  );
  const { columns, rows, cells } = layoutOf(shown.layout);
  const onContextMenu = (event: MouseEvent) => {
    const tile =
      event.target instanceof Element ? event.target.closest('[data-tile]')?.getAttribute('data-tile') : null;
    if (!tile) return;
    setTarget({ screen: screen.id, tile: Number(tile) });
    // On the stage the tile is chosen as well; a small screen stays where it is while its menu is open.
    if (large) actions.select(screen.id, Number(tile));
  };
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild onContextMenuCapture={onContextMenu}>
        <div
          className="screen-grid"
          role="group"
          aria-label={`Tiles of ${screen.name}`}
          data-large={large || undefined}
          data-away={!status || status.connected === 0 || undefined}
          style={{
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
          }}
        >
          {cells.map((cell, tile) => (
            <Tile
              key={tile}
              screen={screen.id}
              tile={tile}
              cell={cell}
              assignment={shown.tiles[String(tile)]}
              isHidden={hidden.has(shown.tiles[String(tile)]?.camera ?? '')}
              isHotSpot={hotSpot === tile}
              status={status}
              isDark={dark}
              large={large}
              tabStop={tile === (chosen ?? 0)}
            />
          ))}
        </div>
      </ContextMenu.Trigger>
      <ContextMenu.Portal container={overlayHost()}>
        <ContextMenu.Content className="menu">
          <CommandItems kind="context" ids={tileMenu} target={target} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

import type { OrderStatus } from '@clerestory/protocol';
import { CircleCheck, CircleX, LoaderCircle, Monitor } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { CommandItems } from '../../commands/CommandItems.tsx';
import { useWall } from '../../state/use-wall.ts';
import { Button } from '../../ui/Button.tsx';
import { overlayHost } from '../../ui/OverlayHost.tsx';
import { clockTime } from '../../ui/time.ts';
import { orderKinds } from './words.ts';
import './screen-commands.css';

const states: Record<OrderStatus['state'], { word: string; icon: typeof Monitor; tone: string }> = {
  sent: { word: 'on its way', icon: LoaderCircle, tone: 'quiet' },
  done: { word: 'done', icon: CircleCheck, tone: 'quiet' },
  lost: { word: 'did not arrive', icon: CircleX, tone: 'warn' },
  failed: { word: 'not done', icon: CircleX, tone: 'warn' },
};
const shown = 6;

/** What screens were told last, and what has become of it. */
function LastOrders() {
  const orders = useWall((state) => state.orders);
  const screens = useWall((state) => state.wall?.screens) ?? [];
  if (orders.length === 0) return null;
  return (
    <>
      <DropdownMenu.Separator className="menu-line" />
      <ul className="orders" aria-label="Last orders">
        {orders
          .slice(-shown)
          .toReversed()
          .map(({ id, screen, kind, at, state, note }) => {
            const { word, icon: Icon, tone } = states[state];
            return (
              <li key={id} data-order={state}>
                <span className="chip" data-tone={tone}>
                  <Icon aria-hidden="true" />
                  {orderKinds[kind]} {word}
                </span>
                <span className="dim">
                  {screens.find((one) => one.id === screen)?.name ?? screen}, {clockTime(at)}
                  {note && `: ${note}`}
                </span>
              </li>
            );
          })}
      </ul>
    </>
  );
}

const items = [
  'screen.identify',
  'screens.identify',
  'screens.message',
  'screen.screenshot',
  '-',
  'screen.blank',
  'screens.blank',
  'screens.light',
  'screen.reload',
];

/** Orders to screens: one of them, or all. */
export function OrdersMenu() {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button>
          <Monitor aria-hidden="true" />
          <span className="header-word">Screens</span>
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={overlayHost()}>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <CommandItems kind="dropdown" ids={items} />
          <LastOrders />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

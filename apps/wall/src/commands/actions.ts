import {
  problem as problemOf,
  type ClientCommand,
  type LayoutId,
  type Problem,
  type ScreenOrder,
  type TileRef,
} from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';
import type { StoreApi } from 'zustand/vanilla';
import { nextFreeTile, readCallUp } from '../features/call-up/buffer.ts';
import { toggleFavourite } from '../state/console-settings.ts';
import type { ConsoleState, Overlay } from '../state/console.ts';
import { deskStore } from '../state/desk.ts';
import type { WallStore } from '../state/store.ts';
import type { ToastMessage } from '../state/toasts.ts';
import type { Sync } from '../sync/index.ts';
import { clearScreen } from './clear-screen.ts';
import { awayText, cameraAt, hindrance } from './context.ts';

/** Everything a person can cause in the console; commands, clicks and drops all end here. */
export interface Actions {
  /** Sends a command; says a refusal in words. Resolves true when it is done. */
  send(command: ClientCommand): Promise<boolean>;
  /** Sends a command and hands a refusal back, for a dialog that shows it itself; null when it is done. */
  ask(command: ClientCommand): Promise<Problem | null>;
  select(screen: string, tile: number | null): void;
  deselect(): void;
  /** Puts a camera on the chosen tile and goes on to the next free one; without a chosen tile shows its details. */
  useCamera(camera: string): void;
  /** Resolves true when it is done. `goOn`: the next free tile is chosen at once. */
  assign(camera: string, at: TileRef, goOn: boolean): Promise<boolean>;
  clear(at: TileRef): void;
  /** Empties a screen and offers to put back what it showed, on tiles that are still empty then. */
  clearScreen(screen: string): void;
  swap(a: TileRef, b: TileRef): void;
  /** A tile was chosen by pointer or Enter: completes a swap that waits, else selects. */
  pick(at: TileRef): void;
  mark(at: TileRef | null): void;
  setLayout(screen: string, layout: LayoutId): void;
  takeCallUp(): void;
  show(overlay: Overlay | null): void;
  set(part: Partial<ConsoleState>): void;
  openScreen(screen: string): void;
  focusSearch(): void;
  joinWall(wall: string): void;
  /** Opens a page of ours in this window's place. */
  openPage(path: string): void;
  /** Favourite, or no longer. */
  favourite(camera: string): void;
  say(message: Omit<ToastMessage, 'id'>): void;
  /** The server's clock, Unix ms. */
  nowMs(): number;
  /** Tells screens to do something once, and says at once which it cannot reach. */
  order(screens: readonly string[], order: ScreenOrder): Promise<Problem | null>;
  /** Asks or tells the server what changes no wall; null when no answer came. */
  tell: Sync['ask'];
}

export interface ActionLinks {
  sync: Pick<Sync, 'command' | 'join' | 'ask' | 'serverNowMs'>;
  console: StoreApi<ConsoleState>;
  wall: StoreApi<WallStore>;
  say(message: Omit<ToastMessage, 'id'>): void;
  open(path: string): void;
  focusSearch(): void;
}

/** A window of a workstation is opened by its number, as its owner. */
const addressOf = (screen: string): string => {
  const number = /^desk-[0-9a-f]+-([1-4])$/.exec(screen)?.[1];
  return number === undefined ? `/screen/${screen}` : `/workstation/${number}`;
};

export function createActions(links: ActionLinks): Actions {
  const { sync, console, wall, say } = links;
  const screenOf = (id: string) => wall.getState().wall?.screens.find((screen) => screen.id === id);

  /** A workstation's window shows one screen: what is chosen on another would be out of sight. */
  const isElsewhere = (screen: string) => {
    const own = deskStore.getState().screen;
    return own !== null && own !== screen;
  };
  const sayElsewhere = (id: string, title: string) =>
    say({
      tone: 'plain',
      title,
      text: 'Tiles of another window are chosen in that window.',
      action: { label: 'Open it', run: () => actions.openScreen(id) },
    });

  const linked = () => wall.getState().link.state === 'online';

  const ask = async (command: ClientCommand): Promise<Problem | null> => {
    const hindered = hindrance(command, console.getState(), wall.getState());
    if (hindered) return hindered;
    const answer = await sync.command(command);
    if (!answer.ok) return answer.problem;
    const { left } = answer.value;
    if (left) say({ tone: 'warn', title: 'Done, but for this', text: `${left.join('; ')}.` });
    return null;
  };
  const send = async (command: ClientCommand): Promise<boolean> => {
    if (!linked()) {
      say({ tone: 'warn', title: 'Nothing was changed', text: awayText });
      return false;
    }
    const problem = await ask(command);
    if (problem) say({ tone: 'warn', title: problem.title, text: problem.detail });
    return problem === null;
  };

  const actions: Actions = {
    ask,
    send,
    select(screen, tile) {
      if (isElsewhere(screen))
        return sayElsewhere(screen, `${screenOf(screen)?.name ?? 'That screen'} is another window`);
      const camera = tile === null ? null : cameraAt(wall.getState(), { screen, tile });
      console.setState({ screen, tile, ...(tile === null ? {} : { camera }) });
    },
    deselect: () => console.setState({ tile: null, mark: null }),
    useCamera(camera) {
      const { screen, tile } = console.getState();
      console.setState({ camera });
      if (screen !== null && tile !== null) void actions.assign(camera, { screen, tile }, true);
    },
    assign(camera, at, goOn) {
      console.setState({ camera });
      const done = send({ type: 'tile:assign', ...at, camera });
      const screen = screenOf(at.screen);
      if (!goOn || !screen || !linked() || isElsewhere(at.screen)) return done;
      // The next free one as it will be: the tile just used counts as taken although its commit may be under way.
      const next = nextFreeTile(screen, at.tile);
      console.setState({ screen: at.screen, tile: next === null || next === at.tile ? at.tile : next });
      return done;
    },
    clear: (at) => void send({ type: 'tile:clear', ...at }),
    clearScreen(id) {
      const screen = screenOf(id);
      if (screen) void clearScreen(screen, { wall, ask, send, say });
    },
    swap(a, b) {
      console.setState({ mark: null, screen: b.screen, tile: b.tile });
      if (a.screen === b.screen && a.tile === b.tile) return;
      void send({ type: 'tile:swap', a, b });
    },
    pick(at) {
      const { mark } = console.getState();
      if (mark) actions.swap(mark, at);
      else actions.select(at.screen, at.tile);
    },
    mark: (mark) => console.setState({ mark }),
    setLayout(id, layout) {
      const screen = screenOf(id);
      if (!screen || screen.layout === layout) return;
      const room = tileCount(layout);
      const parked = Object.keys(screen.tiles).filter((tile) => Number(tile) >= room).length;
      void send({ type: 'screen:layout', screen: id, layout }).then((done) => {
        const { tile } = console.getState();
        if (done && tile !== null && tile >= room && console.getState().screen === id) actions.deselect();
        if (done && parked > 0)
          say({
            tone: 'plain',
            title: parked === 1 ? '1 camera is parked' : `${parked} cameras are parked`,
            text: 'They have no place in this layout. They are back as soon as the layout has room.',
          });
      });
    },
    takeCallUp() {
      const state = console.getState();
      const { wall: shown, cameras } = wall.getState();
      const { camera, at, wanting } = readCallUp(state.callUp, {
        ...state,
        cameras: Object.values(cameras),
        screens: shown?.screens ?? [],
      });
      if (!camera || !at || wanting) {
        say({ tone: 'warn', title: 'Nothing was changed', text: `Call-up ${state.callUp}: ${wanting}.` });
        return;
      }
      const typed = state.callUp;
      const elsewhere = isElsewhere(at.screen);
      if (linked()) console.setState({ callUp: '', ...(!elsewhere && { screen: at.screen }) });
      void actions.assign(camera.id, at, true).then((done) => {
        if (done && elsewhere)
          sayElsewhere(
            at.screen,
            `${camera.number} ${camera.name} is on ${screenOf(at.screen)?.name ?? 'it'}, tile ${at.tile + 1}`,
          );
        // What was typed is not lost, unless the next number is being typed already.
        if (!done && console.getState().callUp === '')
          console.setState({ callUp: typed, screen: state.screen, tile: state.tile });
      });
    },
    show: (overlay) => console.setState({ overlay, layoutOpen: false }),
    set: (part) => console.setState(part),
    openScreen: (screen) => links.open(addressOf(screen)),
    focusSearch: links.focusSearch,
    openPage: (path) => links.open(path),
    favourite: (camera) => toggleFavourite(camera, say),
    say,
    nowMs: () => sync.serverNowMs(),
    tell: (name, payload) => sync.ask(name, payload),
    order: (screens, order) => orderScreens(screens, order, links),
    joinWall(id) {
      console.setState({ screen: null, tile: null, mark: null, callUp: '', places: null });
      sync.join(id);
    },
  };
  return actions;
}

/** What did not arrive is said at once, or later by `screen:order-status`. */
async function orderScreens(
  screens: readonly string[],
  order: ScreenOrder,
  { sync, wall, say }: ActionLinks,
): Promise<Problem | null> {
  const state = wall.getState();
  if (!state.wall || screens.length === 0) return null;
  const answer = await sync.ask('screen:order', { wall: state.wall.id, screens: [...screens], order });
  const problem = !answer
    ? problemOf('timeout', 'The server did not answer. Try again in a moment.')
    : answer.ok
      ? null
      : answer.problem;
  if (problem) {
    say({ tone: 'warn', title: problem.title, text: problem.detail });
    return problem;
  }
  const lost = answer?.ok ? answer.value.orders.filter((one) => one.state === 'lost') : [];
  const names = lost.map(({ screen }) => state.wall?.screens.find(({ id }) => id === screen)?.name ?? screen);
  if (lost.length > 0)
    say({
      tone: 'warn',
      title: lost.length === 1 ? 'One screen was not reached' : `${lost.length} screens were not reached`,
      text: `No window shows ${names.join(', ')}.`,
    });
  return null;
}

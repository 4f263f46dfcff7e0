import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  problem,
  type Answer,
  type Camera,
  type ClientCommand,
  type Command,
  type CommandResult,
  type Role,
  type WallState,
} from '@clerestory/protocol';
import { apply, decide } from '@clerestory/wall-state';
import { initialConsole, type ConsoleState } from '../state/console.ts';
import { deskStore } from '../state/desk.ts';
import { initialStore, type WallStore } from '../state/store.ts';
import { createActions, type Actions } from './actions.ts';
import { fitSelection } from './fit-selection.ts';
import { consoleCommands } from './list.ts';

const camera = (number: number): Camera => ({
  id: `camera-${number}`,
  number,
  name: `Camera ${number}`,
  place: '',
  neighbourhood: '',
  latitude: null,
  longitude: null,
  keep: 'on-demand',
  tags: [],
  source: { kind: 'demo', hasSub: false, hasLogin: false },
  heading: null,
  viewAngle: null,
  placeKind: 'street',
  visibility: 'public',
  tier: 'integrated',
  owner: null,
  revision: 1,
  createdAt: 0,
  updatedAt: 0,
});

let consoleState: StoreApi<ConsoleState>;
let wall: StoreApi<WallStore>;
let said: string[];
let roles: Role[];
let offered: (() => void) | undefined;
let opened: string[];
let refuseWith: Answer<CommandResult> | null;
let actions: Actions;

/** The wall's own rules stand in for the server: what is sent happens at once. */
function execute(command: Command): Answer<CommandResult> {
  const state = wall.getState().wall as WallState;
  const decision = decide(
    state,
    { base: state.sequence, command },
    { by: 'test', nowMs: 0, cameraExists: () => true },
  );
  if (!decision.ok) return decision;
  const sequence = state.sequence + 1;
  const commit = {
    wall: state.id,
    sequence,
    at: 0,
    by: 'test',
    key: `key-${sequence}-x`,
    events: decision.events,
  };
  wall.setState({ wall: apply(state, commit) });
  return { ok: true, value: { sequence, repeated: false } };
}

beforeEach(() => {
  said = [];
  roles = ['supervisor'];
  opened = [];
  refuseWith = null;
  consoleState = createStore<ConsoleState>(() => initialConsole);
  wall = createStore<WallStore>(() => ({
    ...initialStore,
    link: { state: 'online' },
    wall: { id: 'room', name: 'Room', sequence: 0, screens: [] },
    cameras: Object.fromEntries([1, 2, 12].map((number) => [`camera-${number}`, camera(number)])),
  }));
  actions = createActions({
    sync: {
      command: async (command: ClientCommand) => refuseWith ?? execute(command),
      join: () => undefined,
      ask: async () => null,
      serverNowMs: () => 0,
    },
    console: consoleState,
    wall,
    say: ({ title, text, action }) => {
      said.push(`${title}: ${text}`);
      offered = action?.run;
    },
    open: (path) => opened.push(path),
    focusSearch: () => undefined,
  });
  execute({ type: 'screen:create', screen: 'left', name: 'Left', layout: '4' });
  execute({ type: 'screen:create', screen: 'right', name: 'Right', layout: '9' });
  actions.select('left', null);
});

function keys(...pressed: string[]): void {
  for (const key of pressed) {
    const context = { console: consoleState.getState(), wall: wall.getState(), actions, roles };
    const command = consoleCommands.forPress({ key, ctrlKey: false, altKey: false, metaKey: false }, context);
    command?.run(context, key);
  }
}
const on = (screen: string) =>
  Object.fromEntries(
    Object.entries(wall.getState().wall?.screens.find(({ id }) => id === screen)?.tiles ?? {}).map(
      ([tile, { camera: id }]) => [tile, id],
    ),
  );
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('refusals', () => {
  test('are said in the words of the server', async () => {
    refuseWith = { ok: false, problem: problem('conflict', 'Tile 1 was changed. Look, then try again.') };
    expect(await actions.send({ type: 'tile:clear', screen: 'left', tile: 0 })).toBe(false);
    expect(said).toEqual(['Somebody else changed it first: Tile 1 was changed. Look, then try again.']);
  });
  test('nothing is sent while the server is away', async () => {
    wall.setState({ link: { state: 'offline', sinceMs: 0 } });
    expect(await actions.send({ type: 'wall:rename', name: 'Other' })).toBe(false);
    expect(wall.getState().wall?.name).toBe('Room');
    expect(said[0]).toContain('cannot be changed while the server is away');
  });
  test('a console that only looks sends nothing but what visitors and alerts need, and says so', async () => {
    keys('q', '1', 'Enter');
    await settled();
    expect(on('left')).toEqual({});
    expect(said).toEqual(['This console only looks: Press q, or "Look only" above, to arrange again.']);
    keys('*', '!');
    await settled();
    expect(wall.getState().wall).toMatchObject({ visitors: { name: 'test' }, toursHeld: {} });
    keys('Escape', 'q', '1', 'Enter');
    expect(on('left')).toEqual({ 0: 'camera-1' });
  });
  test('a call-up that means nothing stays to be corrected', () => {
    keys('9', '9', 'Enter');
    expect(consoleState.getState().callUp).toBe('99');
    expect(said[0]).toContain('no camera has the number 99');
  });
});

describe('a window of a workstation', () => {
  afterEach(() => deskStore.setState({ screen: null }));
  test('chooses nothing on another window, and says where a camera went that was sent there', async () => {
    deskStore.setState({ screen: 'left' });
    actions.select('left', 0);
    keys(']');
    expect(consoleState.getState()).toMatchObject({ screen: 'left', tile: 0 });
    expect(said).toEqual(['Right is another window: Tiles of another window are chosen in that window.']);
    keys('2', '.', '3', '.', '1', 'Enter');
    await settled();
    expect(on('right')).toEqual({ 2: 'camera-1' });
    expect(consoleState.getState()).toMatchObject({ screen: 'left', tile: 0, callUp: '' });
    expect(said.at(-1)).toContain('1 Camera 1 is on Right, tile 3');
  });
});

describe('what is not lost', () => {
  test('a call-up while the server is away stays to be sent again, and no tile is taken for filled', async () => {
    wall.setState({ link: { state: 'offline', sinceMs: 0 } });
    keys('1', 'Enter');
    await settled();
    expect(consoleState.getState()).toMatchObject({ callUp: '1', screen: 'left', tile: null });
    expect(said).toHaveLength(1);
    wall.setState({ link: { state: 'online' } });
    keys('Enter');
    expect(on('left')).toEqual({ 0: 'camera-1' });
  });
  test('a call-up that the server refuses is there again', async () => {
    refuseWith = { ok: false, problem: problem('timeout', 'The server did not answer.') };
    keys('1', '2', 'Enter');
    await settled();
    expect(consoleState.getState()).toMatchObject({ callUp: '12', tile: null });
  });
  test('a cleared screen is filled again by undo, each tile with its reason', async () => {
    const why = { kind: 'standing', purpose: 'Bridge works' } as const;
    execute({ type: 'tile:assign', screen: 'left', tile: 0, camera: 'camera-1', why });
    execute({ type: 'tile:assign', screen: 'left', tile: 3, camera: 'camera-2' });
    actions.clearScreen('left');
    await settled();
    expect(on('left')).toEqual({});
    expect(said).toEqual(['Cleared 2 tiles of Left: ']);
    offered?.();
    await settled();
    expect(on('left')).toEqual({ 0: 'camera-1', 3: 'camera-2' });
    expect(wall.getState().wall?.screens[0]?.tiles['0']?.why).toEqual(why);
    expect(said).toHaveLength(1);
  });
  test('undo leaves alone what somebody put there meanwhile, and says so', async () => {
    execute({ type: 'tile:assign', screen: 'left', tile: 0, camera: 'camera-1' });
    execute({ type: 'tile:assign', screen: 'left', tile: 3, camera: 'camera-2' });
    actions.clearScreen('left');
    await settled();
    execute({ type: 'tile:assign', screen: 'left', tile: 3, camera: 'camera-12' });
    offered?.();
    await settled();
    expect(on('left')).toEqual({ 0: 'camera-1', 3: 'camera-12' });
    expect(said.at(-1)).toContain('1 of 2 tiles are as before: Somebody filled the others');
  });
  test('a parked camera cannot be put back, which is said before', async () => {
    execute({ type: 'tile:assign', screen: 'left', tile: 0, camera: 'camera-1' });
    execute({ type: 'tile:assign', screen: 'left', tile: 3, camera: 'camera-2' });
    execute({ type: 'screen:layout', screen: 'left', layout: '1' });
    actions.clearScreen('left');
    await settled();
    expect(said).toEqual([
      'Cleared 2 tiles of Left: 1 of them parked: Undo brings back only what was on show.',
    ]);
    offered?.();
    await settled();
    expect(on('left')).toEqual({ 0: 'camera-1' });
    expect(said).toHaveLength(1);
  });
  test('undo is offered again when the server is away', async () => {
    execute({ type: 'tile:assign', screen: 'left', tile: 0, camera: 'camera-1' });
    actions.clearScreen('left');
    await settled();
    wall.setState({ link: { state: 'offline', sinceMs: 0 } });
    offered?.();
    await settled();
    expect(on('left')).toEqual({});
    wall.setState({ link: { state: 'online' } });
    offered?.();
    await settled();
    expect(on('left')).toEqual({ 0: 'camera-1' });
  });
});

describe('by keyboard', () => {
  test('digits and Enter put a camera on the next free tile, and the choice goes on', () => {
    keys('1', '2', 'Enter', '2', 'Enter');
    expect(on('left')).toEqual({ 0: 'camera-12', 1: 'camera-2' });
    expect(consoleState.getState()).toMatchObject({ callUp: '', tile: 2, camera: 'camera-2' });
  });
  test('Backspace takes back a digit first, and only then clears the tile', () => {
    keys('1', 'Enter', 'ArrowLeft', '1', '2', 'Backspace', 'Backspace');
    expect(on('left')).toEqual({ 0: 'camera-1' });
    keys('Backspace');
    expect(on('left')).toEqual({});
  });
  test('Escape forgets digits, then ends a swap, then leaves the tile', () => {
    keys('ArrowRight', 'x', '1', 'Escape');
    expect(consoleState.getState()).toMatchObject({ callUp: '', mark: { screen: 'left', tile: 0 }, tile: 0 });
    keys('Escape');
    expect(consoleState.getState()).toMatchObject({ mark: null, tile: 0 });
    keys('Escape');
    expect(consoleState.getState().tile).toBeNull();
  });
  test('x marks, arrows and brackets lead on, Enter swaps, across screens too', () => {
    keys('1', 'Enter', 'ArrowLeft', 'x', ']', 'ArrowDown', 'ArrowRight', 'Enter');
    expect(on('left')).toEqual({});
    expect(on('right')).toEqual({ 4: 'camera-1' });
    expect(consoleState.getState()).toMatchObject({ screen: 'right', tile: 4, mark: null });
  });
  test('arrows stop at the edge', () => {
    keys('ArrowUp', 'ArrowUp', 'ArrowLeft');
    expect(consoleState.getState().tile).toBe(0);
    keys('ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight');
    expect(consoleState.getState().tile).toBe(3);
  });
  test('a key that may do something somewhere does it somewhere: no command stands for good before another', () => {
    wall.setState({
      cameras: { 'camera-1': { ...camera(1), visibility: 'private' }, 'camera-2': camera(2) },
    });
    execute({ type: 'tile:assign', screen: 'left', tile: 0, camera: 'camera-1' });
    execute({ type: 'tile:assign', screen: 'left', tile: 1, camera: 'camera-2' });
    const [may, does] = [new Set<string>(), new Set<string>()];
    // A console has a screen on its stage nearly always.
    for (const screen of ['left', 'right'])
      for (const tile of [0, 1, 2, null])
        for (const mark of [null, { screen: 'right', tile: 0 }])
          for (const callUp of ['', '104'])
            for (const shown of [null, 'camera-2'])
              for (const role of ['operator', 'supervisor', 'investigator', 'administrator'] as const) {
                const chosen = { ...initialConsole, screen, tile, mark, callUp, camera: shown };
                const context = { console: chosen, wall: wall.getState(), actions, roles: [role] };
                for (const command of consoleCommands.commands) {
                  if (!command.when(context)) continue;
                  for (const key of command.keys) {
                    const what = `${role}: ${command.id} ${key}`;
                    may.add(what);
                    const ctrlKey = key.startsWith('Ctrl+');
                    const press = { key: key.replace('Ctrl+', ''), ctrlKey, altKey: false, metaKey: false };
                    if (consoleCommands.forPress(press, context) === command) does.add(what);
                  }
                }
              }
    expect([...may].filter((one) => !does.has(one))).toEqual([]);
    expect(may).toContain('operator: incidents.show i');
  });
  test('i shows the incidents, whatever is chosen', () => {
    for (const choose of [() => actions.select('left', null), () => actions.select('left', 1)]) {
      choose();
      actions.show(null);
      keys('i');
      expect(consoleState.getState().overlay).toEqual({ kind: 'incidents' });
    }
  });
  test('o opens the screen, l the layouts, ? the keys', () => {
    keys('o', 'l', '?');
    expect(opened).toEqual(['/screen/left']);
    expect(consoleState.getState().overlay).toEqual({ kind: 'keys' });
  });
});

describe('what a role does not do is not offered', () => {
  const can = (id: string) =>
    consoleCommands.get(id).when({ console: consoleState.getState(), wall: wall.getState(), actions, roles });
  test.each<[Role, Record<string, boolean>]>([
    ['operator', { 'camera.add': false, 'screen.add': false, 'screen.remove': false, 'screen.layout': true }],
    ['supervisor', { 'camera.add': false, 'screen.add': true, 'screen.remove': true, 'wall.rename': true }],
    ['administrator', { 'camera.add': true, 'screen.add': true }],
  ])('%s', (role, expected) => {
    roles = [role];
    for (const [id, may] of Object.entries(expected)) expect(can(id), id).toBe(may);
  });
});

describe('by pointer', () => {
  test('a camera without a chosen tile only shows its details', () => {
    actions.useCamera('camera-1');
    expect(on('left')).toEqual({});
    expect(consoleState.getState().camera).toBe('camera-1');
  });
  test('a click on a tile ends a swap that waits', () => {
    void actions.assign('camera-1', { screen: 'left', tile: 0 }, false);
    actions.mark({ screen: 'left', tile: 0 });
    actions.pick({ screen: 'left', tile: 3 });
    expect(on('left')).toEqual({ 3: 'camera-1' });
  });
  test('a smaller layout says how many cameras are parked', async () => {
    void actions.assign('camera-1', { screen: 'left', tile: 2 }, false);
    void actions.assign('camera-2', { screen: 'left', tile: 3 }, false);
    actions.setLayout('left', '1');
    await settled();
    expect(said).toEqual([expect.stringContaining('2 cameras are parked')]);
  });
});

describe('what somebody else changes', () => {
  const fit = () => fitSelection(consoleState.getState(), wall.getState());
  test('leaves a choice alone that still holds', () => {
    actions.select('left', 3);
    expect(fit()).toBeNull();
  });
  test('a screen that is removed gives the stage to the first one', () => {
    actions.select('left', 3);
    actions.mark({ screen: 'left', tile: 1 });
    execute({ type: 'screen:remove', screen: 'left' });
    expect(fit()).toEqual({ screen: 'right', tile: null, camera: null, mark: null });
  });
  test('a tile that the layout no longer has, and a camera that is gone, are not chosen any more', () => {
    actions.select('left', 3);
    consoleState.setState({ camera: 'camera-gone' });
    execute({ type: 'screen:layout', screen: 'left', layout: '1' });
    expect(fit()).toMatchObject({ screen: 'left', tile: null, camera: null });
  });
});

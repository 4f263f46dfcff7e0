import type { Command, Commit, ErrorCode, Problem, WallEvent, WallState } from '@clerestory/protocol';
import { apply, decide, emptyWall, type DecideContext } from '../index.ts';

/** The registry of the tests, a fixed clock and a person. */
export const cameras = ['gate', 'square', 'bridge', 'harbour'] as const;
export const context: DecideContext = {
  by: 'ada',
  nowMs: 1_767_225_600_000,
  cameraExists: (id) => (cameras as readonly string[]).includes(id),
};

export const commitOf = (state: WallState, events: WallEvent[], by = 'ada'): Commit => ({
  wall: state.id,
  sequence: state.sequence + 1,
  at: context.nowMs,
  by,
  key: `key-${String(state.sequence + 1).padStart(8, '0')}`,
  events,
});

/** The events of a command that has to be accepted. */
export function eventsOf(state: WallState, command: Command, base = state.sequence): WallEvent[] {
  const decision = decide(state, { base, command }, context);
  if (!decision.ok) throw new Error(`refused: ${decision.problem.detail}`);
  return decision.events;
}

/** The problem of a command that has to be refused. */
export function problemOf(state: WallState, command: Command, base = state.sequence): Problem {
  const decision = decide(state, { base, command }, context);
  if (decision.ok) throw new Error(`accepted: ${JSON.stringify(decision.events)}`);
  return decision.problem;
}

/** `conflict`, `not-found` … or `accepted`. */
export function outcomeOf(state: WallState, command: Command, base: number): ErrorCode | 'accepted' {
  const decision = decide(state, { base, command }, context);
  return decision.ok ? 'accepted' : decision.problem.code;
}

/** The wall after these commands, each given on the newest state and committed by itself. */
export const after = (state: WallState, ...commands: Command[]): WallState =>
  commands.reduce((wall, command) => apply(wall, commitOf(wall, eventsOf(wall, command))), state);

export const assign = (screen: string, tile: number, camera: string): Command => ({
  type: 'tile:assign',
  screen,
  tile,
  camera,
});
export const clear = (screen: string, tile: number): Command => ({ type: 'tile:clear', screen, tile });
export const swap = (a: readonly [string, number], b: readonly [string, number]): Command => ({
  type: 'tile:swap',
  a: { screen: a[0], tile: a[1] },
  b: { screen: b[0], tile: b[1] },
});

/**
 * Sequence 5: north (2 × 2) with gate, square and empty tiles 3 and 4; south (3 × 3) with bridge on its last tile.
 */
export const room: WallState = after(
  emptyWall('main', 'Main room'),
  { type: 'screen:create', screen: 'north', name: 'North', layout: '4' },
  { type: 'screen:create', screen: 'south', name: 'South', layout: '9' },
  assign('north', 0, 'gate'),
  assign('north', 1, 'square'),
  assign('south', 8, 'bridge'),
);

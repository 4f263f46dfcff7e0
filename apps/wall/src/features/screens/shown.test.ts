import { describe, expect, test } from 'vitest';
import type { Assignment, ScreenStatus, TileReport } from '@clerestory/protocol';
import { blanked, hasPicture, shownTile, shownWords } from './shown.ts';

const assignment: Assignment = {
  camera: 'quay',
  by: 'test',
  at: 0,
  why: { kind: 'standing', purpose: 'test' },
  until: null,
};
const tile: TileReport = {
  tile: 0,
  camera: 'quay',
  state: 'live',
  reason: '',
  stream: 'sub',
  latencyMs: 480,
  fps: 15,
};
const status = (tiles: TileReport[], visible = true, connected = 1): ScreenStatus => ({
  wall: 'room',
  screen: 'left',
  connected,
  lastSeenAt: 0,
  report: { screen: 'left', sequence: 1, visible, width: 1920, height: 1080, tiles },
});

describe('what a tile shows', () => {
  test.each([
    ['no word without a link to the server', status([tile]), false, 'unheard'],
    ['no window', status([tile], true, 0), true, 'unknown'],
    ['never seen', undefined, true, 'unknown'],
    ['a hidden window plays nothing', status([tile], false), true, 'unknown'],
    ['the screen still shows another camera', status([{ ...tile, camera: 'mill' }]), true, 'changing'],
    ['the screen has not got so far', status([]), true, 'changing'],
    ['the word of the screen', status([{ ...tile, state: 'stale' }]), true, 'stale'],
    ['live', status([tile]), true, 'live'],
  ] as const)('%s', (_title, said, linked, state) => {
    expect(shownTile(assignment, said, 0, linked).state).toBe(state);
  });
  test('an empty tile is empty, whatever was said', () => {
    expect(shownTile(undefined, status([tile]), 0, false).state).toBe('empty');
  });
  test.each([
    ['lit', undefined, status([]), true, null],
    ['the screen says so', { blank: true }, status([], true), true, { dark: true, doubt: null }],
    ['it still shows its tiles', {}, status([tile]), true, { dark: false, doubt: /not confirmed/ }],
    ['nobody shows it', {}, status([tile], true, 0), true, { dark: true, doubt: /no window/ }],
    ['never seen', {}, undefined, true, { dark: true, doubt: /no window/ }],
    ['the server is away', { blank: true }, status([]), false, { dark: true, doubt: /server/ }],
  ] as const)('a blanked screen: %s', (_title, told, said, linked, wanted) => {
    const report = said?.report ? { ...said.report, ...told } : null;
    const found = blanked(told && { who: 'Olga', since: 0 }, said && { ...said, report }, linked);
    expect(found).toEqual(
      wanted && { ...wanted, doubt: wanted.doubt && (expect.stringMatching(wanted.doubt) as string) },
    );
  });
  test('a tile of a dark screen shows no still, whatever was asked for or said last', () => {
    const shown = shownTile(assignment, status([tile]), 0, true, true);
    expect(shown.state).toBe('blank');
    expect(hasPicture(shown.state)).toBe(false);
    expect(shownTile(undefined, undefined, 0, true, true).state).toBe('empty');
  });
  test('in words, with the delay where it says something', () => {
    const late = shownTile(
      assignment,
      status([{ ...tile, state: 'late', latencyMs: 2140, reason: 'slow' }]),
      0,
      true,
    );
    expect(shownWords(late)).toBe('late 2.1 s: slow');
    expect(shownWords(shownTile(assignment, status([tile]), 0, true))).toBe('live 0.5 s');
  });
  test('no still of what is not to be seen', () => {
    for (const state of ['stale', 'offline', 'unsupported', 'refused', 'empty'] as const)
      expect(hasPicture(state)).toBe(false);
    expect(hasPicture('live')).toBe(true);
  });
});

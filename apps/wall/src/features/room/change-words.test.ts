import { expect, test } from 'vitest';
import type { Commit, WallEvent } from '@clerestory/protocol';
import { changeWords } from './change-words.ts';

const commit = (...events: WallEvent[]): Commit => ({
  ...{ wall: 'room', sequence: 1, at: 0, by: 'person:olga', key: 'key-1-x', events },
});
const names = { screens: [], cameras: {} };
const blanked = (screen: string, dark: boolean): WallEvent => ({
  ...{ type: 'screen:blanked', screen, blank: dark ? { who: 'Olga', since: 0 } : null },
});

test('what was done to many screens names no single one', () => {
  expect(changeWords(commit(blanked('left', true)), names)).toBe('blanked left');
  const three = ['left', 'centre', 'right'];
  expect(changeWords(commit(...three.map((id) => blanked(id, true))), names)).toBe('blanked 3 screens');
  expect(changeWords(commit(...three.map((id) => blanked(id, false))), names)).toBe('lit 3 screens');
});

import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeEntry, parseEntry } from '@clerestory/public-log';
import { publications, publish, RecordKind, rowOf, type RecordEntry } from './index.ts';

const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'buffer');

/** Details that features write and that name somebody or something. */
const secret: RecordEntry['detail'] = {
  login: 'secret-login',
  name: 'Secret Name',
  address: '203.0.113.7',
  person: 'secret-person',
  email: 'secret@example.org',
  device: 'secret-device',
  wall: 'secret-wall',
  workstation: 'secret-station',
  party: 'person:secret-person',
  added: ['secret-camera'],
  removed: ['secret-camera'],
  to: 'person:secret-person',
  view: 'secret-view',
  grant: 'secret-grant',
  incident: 'secret-incident',
  case: 'secret-case',
  owner: 'secret-owner',
  camera: 'secret-camera',
  why: 'x'.repeat(400),
};

describe('the table of what is published', () => {
  test('has a row for every kind, and none that is no kind', () =>
    expect(Object.keys(publications).sort()).toEqual([...RecordKind.options].sort()));

  test.each(RecordKind.options)('%s shows nobody', (kind) => {
    const entry: RecordEntry = {
      ...{ sequence: 7, at: 1_700_000_123_456, kind },
      ...{ actor: 'person:secret-person', subject: 'camera:secret-camera', detail: secret },
    };
    const leaf = encodeEntry(sha256, publish(entry), new Uint8Array(32));
    expect(leaf).not.toMatch(/secret|203\.0|x{100}|123456/i);
    const parsed = parseEntry(leaf);
    expect(parsed).toMatchObject({ ok: true, entry: { sequence: 7, by: 'person', of: 'camera', kind } });
  });
});

test('what is shown, what is committed apart, and what together', () => {
  const parts = publish({
    ...{
      sequence: 1,
      at: 1_700_000_123_456,
      kind: 'view-ended',
      actor: 'screen:left',
      subject: 'camera:gate',
    },
    detail: { seconds: 12.5, reason: 'closed', bytes: 7, view: 'v', streams: ['sub'] },
  });
  expect(parts.public).toEqual({ seconds: 12.5, reason: 'closed' });
  expect(parts.hidden).toEqual({
    ...{ actor: 'screen:left', subject: 'camera:gate' },
    ...{ 'detail.view': 'v', 'detail.bytes': 7, rest: { streams: ['sub'] } },
  });
});

test('an entry is published again as its leaf has it, whatever row its kind has since', () => {
  const entry: RecordEntry = {
    ...{ sequence: 1, at: 1_700_000_123_456, kind: 'command-run', actor: 'person:p', subject: 'wall:w' },
    detail: { command: 'tile.swap', how: 'key', screen: null, tile: 3 },
  };
  const salt = new Uint8Array(32);
  const then = { shown: ['command', 'how'], apart: ['tile'] };
  const leaf = encodeEntry(sha256, publish(entry, then), salt);
  const parsed = parseEntry(leaf);
  if (!parsed.ok) throw new Error(parsed.fault);
  expect(encodeEntry(sha256, publish(entry, rowOf(parsed.entry)), salt)).toBe(leaf);
  expect(encodeEntry(sha256, publish(entry), salt)).not.toBe(leaf);
});

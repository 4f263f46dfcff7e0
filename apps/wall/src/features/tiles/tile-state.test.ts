import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advancingMs,
  connectingMs,
  delayedAgeMs,
  durationText,
  liveAgeMs,
  removeAgeMs,
  staleAgeMs,
  tileState,
  type TileFacts,
} from './tile-state.ts';

const facts = (more: Partial<TileFacts> = {}): TileFacts => ({
  assigned: true,
  refused: null,
  unplayable: null,
  linked: true,
  source: { state: 'running', reason: '' },
  health: null,
  frozenForMs: null,
  frame: null,
  arrivedForMs: null,
  waitingMs: 0,
  ...more,
});
const frame = (sinceMs: number, ageMs: number | null) => ({ frame: { sinceMs, ageMs } });

const anyFacts = fc.record<TileFacts>({
  assigned: fc.boolean(),
  refused: fc.constantFrom(null, 'ended by the owner'),
  unplayable: fc.constantFrom(null, 'H.265'),
  linked: fc.boolean(),
  source: fc.option(
    fc.record({
      state: fc.constantFrom('starting', 'running', 'stalled', 'backoff', 'unauthorized', 'unsupported'),
      reason: fc.constantFrom('', 'the camera hung up'),
      behindMs: fc.constantFrom(undefined, 1_000, 12_000, 3_600_000),
    }),
  ),
  health: fc.option(
    fc.record({
      state: fc.constantFrom('online', 'degraded', 'offline', 'unauthorized', 'unsupported', 'idle'),
      reason: fc.constantFrom('', 'no route to the camera'),
    }),
  ),
  frame: fc.option(
    fc.record({
      sinceMs: fc.nat(20_000),
      ageMs: fc.option(fc.oneof(fc.nat(20_000), fc.nat(4_000_000))),
    }) as fc.Arbitrary<NonNullable<TileFacts['frame']>>,
  ),
  frozenForMs: fc.option(fc.nat(60_000)),
  arrivedForMs: fc.option(fc.nat(30_000), { nil: null }),
  waitingMs: fc.nat(30_000),
});

describe('tileState refuses', () => {
  it('the word live to anything but advancing frames of known age up to 3 s', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const { state } = tileState(some);
        const { frame: shown } = some;
        const fresh =
          shown !== null &&
          shown.ageMs !== null &&
          shown.ageMs <= liveAgeMs &&
          shown.sinceMs <= advancingMs &&
          some.assigned &&
          some.refused === null &&
          some.frozenForMs === null;
        expect(state === 'live').toBe(fresh);
      }),
    );
  });

  it('a picture that is refused, older than 10 s, or on a tile without a camera', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const { picture } = tileState(some);
        // What the source itself says it is behind does not count, up to a minute.
        const ageMs = some.frame?.ageMs ?? 0;
        const onTheWayMs = ageMs > delayedAgeMs ? ageMs : ageMs - (some.source?.behindMs ?? 0);
        const oldMs = some.frame ? Math.max(some.frame.sinceMs, onTheWayMs) : Infinity;
        if (!some.assigned || some.refused !== null || oldMs > removeAgeMs) expect(picture).toBe(false);
      }),
    );
  });

  it('a silent tile: whatever is neither live, empty nor connecting has a reason', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const { state, reason } = tileState(some);
        if (!['live', 'empty', 'connecting'].includes(state)) expect(reason).not.toBe('');
      }),
      // One in thousands of what is drawn: only the control server speaks, and says no more than its state.
      { examples: [[{ ...facts({}), source: null, health: { state: 'unsupported', reason: '' } }]] },
    );
  });

  it('to outlive its word: when nothing new comes, the state stays until holdsMs is over', () => {
    fc.assert(
      fc.property(anyFacts, fc.double({ min: 0, max: 0.99, noNaN: true }), (some, part) => {
        const now = tileState(some);
        if (now.state !== 'live') return;
        const later = (ms: number): TileFacts => ({
          ...some,
          frame: some.frame && {
            sinceMs: some.frame.sinceMs + ms,
            ageMs: some.frame.ageMs === null ? null : some.frame.ageMs + ms,
          },
        });
        expect(tileState(later((now.holdsMs - 1) * part)).state).toBe('live');
        expect(tileState(later(now.holdsMs)).state).not.toBe('live');
      }),
    );
  });
});

describe('tileState', () => {
  it('a frozen source is not live, however fast its frames come: grey, with the age of what they show', () => {
    const now = facts({ ...frame(0, 200), frozenForMs: 9_000 });
    expect(tileState(now)).toMatchObject({ state: 'stale', picture: true, ageMs: 9_200 });
    expect(tileState(now).reason).toMatch(/Frozen/);
    expect(tileState({ ...now, frozenForMs: null }).state).toBe('live');
    expect(tileState({ ...now, ...frame(11_000, 11_000) }).picture).toBe(false);
  });

  it.each([
    ['no camera', { assigned: false, ...frame(0, 100) }, 'empty', false],
    ['a fresh frame', frame(40, 500), 'live', true],
    ['exactly 3 s old', frame(0, liveAgeMs), 'live', true],
    ['just over 3 s', frame(0, liveAgeMs + 1), 'late', true],
    ['advancing, 4 s old', frame(0, staleAgeMs), 'late', true],
    ['advancing, over 4 s old', frame(0, staleAgeMs + 1), 'stale', true],
    ['standing still for 2 s', frame(advancingMs, 2_500), 'live', true],
    ['standing still for longer', frame(advancingMs + 1, 2_600), 'late', true],
    ['no new frame for over 4 s', frame(staleAgeMs + 1, 4_600), 'stale', true],
    ['10 s old', frame(9_500, removeAgeMs), 'stale', true],
    ['over 10 s old', frame(9_500, removeAgeMs + 1), 'stale', false],
    ['advancing but 12 s old', frame(0, 12_000), 'stale', false],
    ['moving, age unknown', frame(0, null), 'late', true],
    ['access ended under a fresh picture', { refused: 'ended', ...frame(0, 300) }, 'refused', false],
    ['never a frame yet', { waitingMs: 3_000 }, 'connecting', false],
    ['never a frame for long', { waitingMs: connectingMs + 1 }, 'offline', false],
    ['source in backoff, no picture', { source: { state: 'backoff', reason: 'x' } }, 'offline', false],
    ['login refused', { source: { state: 'unauthorized', reason: 'x' } }, 'offline', false],
    ['unsupported', { source: { state: 'unsupported', reason: 'MPEG-4' } }, 'unsupported', false],
    ['unplayable here', { unplayable: 'H.265' }, 'unsupported', false],
    [
      'in backoff under a picture of 5 s',
      { source: { state: 'backoff', reason: 'x' }, ...frame(5_000, 5_000) },
      'stale',
      true,
    ],
    [
      'in backoff, picture gone',
      { source: { state: 'backoff', reason: 'x' }, ...frame(11_000, 11_000) },
      'offline',
      false,
    ],
    [
      'only control knows that it is offline',
      { source: null, health: { state: 'offline', reason: 'x' } },
      'offline',
      false,
    ],
    [
      'control says offline, but frames come',
      { health: { state: 'offline', reason: 'x' }, ...frame(0, 400) },
      'live',
      true,
    ],
  ] as const)('%s', (_, some, state, picture) => {
    expect(tileState(facts(some as Partial<TileFacts>))).toMatchObject({ state, picture });
  });

  it('gives the most telling reason', () => {
    const old = frame(6_000, 6_000);
    expect(tileState(facts({ ...old, linked: false })).reason).toMatch(/media server does not answer/);
    expect(tileState(facts({ ...old, source: { state: 'stalled', reason: 'no data for 5 s' } })).reason).toBe(
      'no data for 5 s',
    );
    expect(tileState(facts({ ...old, health: { state: 'offline', reason: 'no route' } })).reason).toBe(
      'no route',
    );
    expect(tileState(facts(old)).reason).toBe('The camera sends no frames');
    expect(tileState(facts({ ...old, arrivedForMs: 6_000 })).reason).toBe('The camera sends no frames');
    expect(tileState(facts({ ...old, arrivedForMs: 200 })).reason).toMatch(/cannot be decoded/);
    expect(tileState(facts(frame(0, 6_000))).reason).toBe('The picture arrives late');
  });

  it('tells the age of what is stale, and of what is gone', () => {
    expect(tileState(facts(frame(5_000, 5_400))).ageMs).toBe(5_400);
    expect(tileState(facts(frame(14_000, 13_500))).ageMs).toBe(14_000);
  });
});

describe('durationText', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [12_900, '12 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [7_200_000, '2 h'],
  ])('%d ms: %s', (ms, text) => expect(durationText(ms)).toBe(text));
});

describe('a source that says how late it sends', () => {
  const behind = (behindMs: number) => ({ source: { state: 'running' as const, reason: '', behindMs } });

  it('keeps its moving picture, never as live, with its age', () => {
    expect(tileState(facts({ ...behind(12_000), ...frame(100, 12_600) }))).toMatchObject({
      ...{ state: 'late', picture: true, ageMs: 12_600, reason: 'The source sends its pictures late' },
    });
  });
  it('loses it as any other when frames stop, or the way adds more than a live picture may have', () => {
    expect(tileState(facts({ ...behind(12_000), ...frame(advancingMs + 1, 14_700) })).picture).toBe(false);
    expect(tileState(facts({ ...behind(12_000), ...frame(100, 12_000 + liveAgeMs + 1) })).picture).toBe(
      false,
    );
  });
  it('that replays what is old shows nothing, and says why', () => {
    expect(tileState(facts({ ...behind(3_600_000), ...frame(100, 3_600_500) }))).toMatchObject({
      ...{ state: 'stale', picture: false },
      reason: 'By its own word this source shows what was 1 h ago: a recording, or its clock is wrong',
    });
  });
  it('may be live: a source hardly behind', () => {
    expect(tileState(facts({ ...behind(1_000), ...frame(100, 1_600) })).state).toBe('live');
  });
});

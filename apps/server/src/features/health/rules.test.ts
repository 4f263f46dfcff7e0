import type { IngestReport, IngestState } from '@clerestory/protocol';
import { expect, test } from 'vitest';
import { judge, manyRestarts, type Evidence } from './rules.ts';

const report = (
  state: IngestState,
  more: { stream?: 'main' | 'sub'; reason?: string; fps?: number } = {},
): IngestReport => ({
  camera: 'gate',
  state,
  reason: more.reason ?? '',
  facts: {
    stream: more.stream ?? 'sub',
    fps: more.fps ?? 15,
    bitrateKbps: 500,
    gopMs: 1000,
    codec: 'avc1.64001f',
    width: 640,
    height: 360,
    viewers: 1,
    restarts: 0,
  },
});
const evidence = (more: Partial<Evidence>): Evidence => ({
  ingest: [],
  nodeThere: true,
  screensShowing: 0,
  screensFailing: 0,
  recentRestarts: 0,
  ...more,
});

test('nobody watching is idle, not a fault', () => {
  expect(judge(evidence({}))).toMatchObject({ state: 'idle' });
});

test('pictures with a fault that the camera tells of itself are degraded, by its words', () => {
  const deviceFaults = ['The camera reports a blurred picture'];
  const verdict = judge(evidence({ ingest: [report('running')], deviceFaults }));
  expect(verdict).toMatchObject({ state: 'degraded', reason: 'The camera reports a blurred picture' });
});

test.each([
  ['frozen', /frozen/],
  ['black', /black.*covers the lens/],
  ['blank', /one colour/],
  ['blurred', /out of focus/],
] as const)('%s pictures are degraded, and the reason says what to do', (picture, words) => {
  const seen = report('running');
  seen.facts.picture = picture;
  const ingest = [report('running', { stream: 'main' }), seen];
  expect(judge(evidence({ ingest }))).toMatchObject({
    state: 'degraded',
    reason: expect.stringMatching(words),
  });
  // Screens refuse to call it live; that is the same fault, not another one.
  const { reason } = judge(evidence({ ingest, screensShowing: 2, screensFailing: 2 }));
  expect(reason.includes('not get its pictures')).toBe(picture !== 'frozen');
  delete seen.facts.picture;
  expect(judge(evidence({ ingest }))).toMatchObject({ state: 'online' });
});

test('frames that arrive are online', () => {
  expect(judge(evidence({ ingest: [report('running')] }))).toMatchObject({ state: 'online' });
});

test('a media node that is away is no word on the camera being well', () => {
  expect(judge(evidence({ ingest: [report('running')], nodeThere: false }))).toMatchObject({
    state: 'offline',
    reason: expect.stringContaining('media node'),
  });
});

test.each(['unauthorized', 'unsupported'] as const)('%s is told at once, with the reason', (state) => {
  expect(judge(evidence({ ingest: [report(state, { reason: 'why' })] }))).toEqual({
    state,
    reason: 'why',
    settleMs: 0,
  });
});

test('a stall was watched already; a lost connection gets three seconds to come back', () => {
  expect(judge(evidence({ ingest: [report('stalled', { reason: 'No frames for 5 s' })] }))).toEqual({
    state: 'offline',
    reason: 'No frames for 5 s',
    settleMs: 0,
  });
  expect(judge(evidence({ ingest: [report('backoff', { reason: 'gone' })] })).settleMs).toBe(3_000);
});

test('pictures with something wrong are degraded, and every fault is named', () => {
  const verdict = judge(
    evidence({
      ingest: [
        report('running', { fps: 0.7 }),
        report('backoff', { stream: 'main', reason: 'Nothing answers' }),
      ],
      recentRestarts: manyRestarts,
      screensShowing: 3,
      screensFailing: 2,
    }),
  );
  expect(verdict.state).toBe('degraded');
  expect(verdict.reason).toMatch(
    /main stream has no frames: Nothing answers.*Restarted 3 times.*Only 0\.7 frames.*2 of 3 screens do not get/,
  );
});

test('one screen of one says so in the singular', () => {
  expect(judge(evidence({ ingest: [report('running')], screensShowing: 1, screensFailing: 1 })).reason).toBe(
    '1 of 1 screen does not get its pictures',
  );
});

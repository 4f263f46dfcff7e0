import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decide, policyOf, type Asking, type Decision } from '@clerestory/consent';
import type { Consent, SitePolicy } from '@clerestory/protocol';
import { assured } from '../../../../../tools/harness/assured.ts';
import { conditionDefects, MutantFolder, mutantsOf } from '../../testing/mutants.ts';

/*
 * A7 for private cameras: every condition of `decide` is negated or taken out in turn, and each such mutant has to give at
 * least one wrong answer to the questions below. The right answers come from `expected`, which reads SPEC.md anew.
 */
type Decide = (asking: Asking) => Decision;
type Change = (asking: Asking) => Asking;

/** Monday, 5 January 2026, 12:00 UTC. */
const noonMs = Date.UTC(2026, 0, 5, 12);
const [minuteMs, hourMs] = [60_000, 3_600_000];
const days = [1, 2, 3, 4, 5, 6, 7];
const utc = (from: string, until: string) => ({ zone: 'Etc/UTC', windows: [{ days, from, until }] });
/** Ends 20 minutes after noon. */
const open = utc('11:00', '12:20');
const shut = utc('13:00', '14:00');

const base: Asking = {
  camera: { visibility: 'private', tier: 'integrated', placeKind: 'shop', latitude: 50, longitude: 8 },
  consents: [
    {
      ...{ camera: 'cafe', owner: 'ana', version: 1, status: 'given', level: 'standing' },
      ...{ purposes: ['robbery', 'fire'], hours: null, radiusM: 300, expiresAt: null, retentionDays: 0 },
      ...{ basis: 'voluntary', pausedUntil: null, at: noonMs - hourMs, by: 'owner:ana' },
    },
  ],
  purpose: {
    kind: 'incident',
    incident: {
      ...{ id: 'i', number: 1, type: 'robbery', place: 'Quay', latitude: 50.001, longitude: 8 },
      ...{ openedBy: { kind: 'feed', id: 'olga', name: 'Call desk' }, openedAt: noonMs - hourMs / 2 },
      ...{ closedAt: null, closedBy: null },
    },
  },
  asker: { person: 'olga', roles: ['operator'] },
  approvals: { owners: [], person: null },
  ...{ minutes: null, sinceMs: null },
  policy: policyOf('clerestory'),
  nowMs: noonMs,
};

const consent =
  (given: Partial<Consent>): Change =>
  (asking) => ({ ...asking, consents: asking.consents.map((one) => ({ ...one, ...given })) });
const another =
  (given: Partial<Consent>): Change =>
  (asking) => ({
    ...asking,
    consents: [...asking.consents, { ...(base.consents[0] as Consent), owner: 'ben', ...given }],
  });
const camera =
  (given: Partial<Asking['camera']>): Change =>
  (asking) => ({ ...asking, camera: { ...asking.camera, ...given } });
const policy =
  (given: Partial<SitePolicy>): Change =>
  (asking) => ({ ...asking, policy: { ...asking.policy, ...given } });
const incident =
  (given: object): Change =>
  (asking) =>
    asking.purpose.kind === 'incident' && asking.purpose.incident
      ? { ...asking, purpose: { kind: 'incident', incident: { ...asking.purpose.incident, ...given } } }
      : asking;
const asks =
  (purpose: Asking['purpose']): Change =>
  (asking) => ({ ...asking, purpose });
const withThe =
  (given: Partial<Asking>): Change =>
  (asking) => ({ ...asking, ...given });

const changes: readonly Change[] = [
  (asking) => asking,
  camera({ visibility: 'public' }),
  camera({ tier: 'registered' }),
  camera({ placeKind: 'residential' }),
  camera({ latitude: null }),
  camera({ longitude: null }),
  withThe({ consents: [] }),
  ...(['pending', 'paused', 'revoked', 'expired'] as const).map((status) => consent({ status })),
  consent({ status: 'paused', pausedUntil: noonMs + 1 }),
  consent({ status: 'paused', pausedUntil: noonMs }),
  ...(['registered', 'on-request', 'incident', 'scheduled'] as const).map((level) => consent({ level })),
  consent({ purposes: ['hazard'] }),
  consent({ purposes: [] }),
  consent({ hours: open }),
  consent({ hours: shut }),
  consent({ expiresAt: noonMs }),
  consent({ expiresAt: noonMs + 10 * minuteMs }),
  consent({ radiusM: 50 }),
  consent({ radiusM: null }),
  another({}),
  another({ status: 'revoked' }),
  another({ level: 'on-request' }),
  another({ radiusM: 50 }),
  another({ hours: open }),
  incident({ closedAt: noonMs - 1 }),
  incident({ openedAt: noonMs - 12 * hourMs }),
  incident({ openedAt: noonMs - 12 * hourMs + 5 * minuteMs }),
  incident({ latitude: 50.1 }),
  incident({ openedBy: { kind: 'person', id: 'olga', name: 'Olga' } }),
  incident({ openedBy: { kind: 'person', id: 'sam', name: 'Sam' } }),
  asks({ kind: 'incident', incident: null }),
  asks({ kind: 'standing', purpose: 'fire' }),
  asks({ kind: 'standing', purpose: 'crowd' }),
  asks({ kind: 'exigent', purpose: 'danger' }),
  withThe({ minutes: 5 }),
  withThe({ asker: { person: 'olga', roles: [] } }),
  withThe({ asker: { person: 'olga', roles: ['administrator'] } }),
  withThe({ asker: { person: 'olga', roles: ['auditor', 'operator'] } }),
  withThe({ approvals: { owners: ['ana'], person: null } }),
  withThe({ approvals: { owners: ['ben'], person: null } }),
  withThe({ approvals: { owners: ['ana', 'ben'], person: null } }),
  withThe({ sinceMs: noonMs - 7 * minuteMs }),
  withThe({ approvals: { owners: [], person: 'olga' } }),
  withThe({ approvals: { owners: [], person: 'sam' } }),
  policy({ isPrivateOff: true }),
  policy({ radiusM: null }),
  policy({ radiusM: 100 }),
  policy({ allowsStanding: false }),
  policy({ exigentHours: 2 }),
  policy({ approval: 'always' }),
  policy({ approval: 'never' }),
  policy({ askers: [] }),
];
/** Metres between two places on one meridian; all incidents here are straight north of the cameras. */
const northM = (from: number, to: number) => (Math.abs(to - from) * Math.PI * 6_371_000) / 180;
const stateOf = ({ status, level, expiresAt, pausedUntil }: Consent, nowMs: number): string => {
  if (status === 'given' || status === 'paused') {
    if (expiresAt !== null && expiresAt <= nowMs) return 'expired';
    if (status === 'paused' && !(pausedUntil !== null && pausedUntil <= nowMs)) return 'paused';
    return level;
  }
  return status;
};

interface Expected {
  /** Codes of all that is amiss; any of them may be said. */
  amiss: string[];
  endsAtMs: number | null;
  waitsFor: string;
  missing: string[];
  isOwn: boolean;
}

/** SPEC.md, read once more. */
function expected(asking: Asking): Expected {
  const { camera, consents, purpose, asker, approvals, minutes, sinceMs, policy, nowMs } = asking;
  if (camera.visibility === 'public')
    return { amiss: [], endsAtMs: null, waitsFor: 'nobody', missing: [], isOwn: false }; // C4
  const amiss: string[] = [];
  const say = (isAmiss: boolean, code: string) => void (isAmiss && amiss.push(code));
  const exigent = purpose.kind === 'exigent';
  const happened = purpose.kind === 'incident' ? purpose.incident : null;
  say(policy.isPrivateOff, 'kill-switch'); // C5
  say(policy.noLiveFrom.includes(camera.placeKind), 'place'); // C6
  say(asker.roles.filter((role) => policy.askers.includes(role)).length === 0, 'rank'); // C7
  say(exigent && policy.exigentHours === 0, 'exigent'); // C17
  say(purpose.kind === 'standing' && !policy.allowsStanding, 'standing'); // C12
  say(camera.tier === 'registered', 'registered'); // C3
  say(consents.length === 0, 'no-consent'); // C3
  const states = consents.map((one) => stateOf(one, nowMs));
  for (const state of states) {
    say(['pending', 'revoked', 'expired', 'registered'].includes(state), state); // C3
    say(state === 'paused' && !exigent, state);
  }
  const begun = sinceMs === null ? nowMs : sinceMs;
  const ends = [begun + (exigent ? policy.exigentHours * 60 : policy.grantMinutes) * minuteMs];
  if (minutes !== null) ends.push(begun + minutes * minuteMs);
  for (const { expiresAt } of consents) if (expiresAt !== null) ends.push(expiresAt);
  if (!exigent) {
    const type = purpose.kind === 'standing' ? purpose.purpose : happened?.type;
    for (const [at, { purposes, hours }] of consents.entries()) {
      say(type !== undefined && !purposes.includes(type), 'purpose'); // C10
      const level = states[at];
      say(purpose.kind === 'standing' && level !== 'standing' && level !== 'on-request', 'standing'); // C12
      say(hours === shut, 'hours'); // C8
      if (hours === open) ends.push(noonMs + 20 * minuteMs);
    }
  }
  if (purpose.kind === 'incident') {
    say(happened === null, 'no-incident'); // C11
    if (happened) {
      say(happened.closedAt !== null, 'incident-closed');
      const overMs = happened.openedAt + policy.incidentHours * hourMs;
      say(overMs <= nowMs, 'incident-old'); // C13
      ends.push(overMs);
      const radii = [policy.radiusM, ...consents.map(({ radiusM }) => radiusM)].filter((one) => one !== null);
      if (radii.length > 0) {
        const { latitude, longitude } = camera;
        say(latitude === null || longitude === null, 'no-place'); // C9
        say(
          latitude !== null && longitude !== null && northM(latitude, happened.latitude) > Math.min(...radii),
          'radius',
        );
      }
    }
  }
  const isOwn = happened?.openedBy.kind === 'person' && happened.openedBy.id === asker.person;
  // C15 C16
  const asksSecond = exigent || { always: true, never: false, 'own-incident': isOwn }[policy.approval];
  const second =
    approvals.person === null || approvals.person === asker.person ? undefined : approvals.person;
  let waitsFor = 'nobody';
  const missing: string[] = [];
  for (const [at, { owner }] of consents.entries())
    if (!exigent && states[at] === 'on-request' && approvals.owners.indexOf(owner) < 0) missing.push(owner);
  if (missing.length > 0) waitsFor = 'owner';
  if (asksSecond && second === undefined) waitsFor = 'second-person';
  return { amiss, endsAtMs: Math.min(...ends), waitsFor, missing, isOwn };
}

/** Every two changes together, in both orders, and with each purpose that changes what the rules speak to. */
const questions = changes
  .flatMap((one) =>
    changes.flatMap((two) => [
      two(one(base)),
      policy({ exigentHours: 2 })(asks({ kind: 'exigent', purpose: 'danger' })(two(one(base)))),
      asks({ kind: 'standing', purpose: 'fire' })(two(one(base))),
    ]),
  )
  .map((asking) => ({ asking, right: expected(asking) }));
type Question = (typeof questions)[number];

/** What is wrong with an answer; null: nothing. */
function fault({ asking, right }: Question, decide: Decide): string | null {
  let answer: Decision;
  try {
    answer = decide(asking);
  } catch {
    return 'it fell over';
  }
  if (!answer.ok) {
    const { code, change } = answer.refusal;
    if (!right.amiss.includes(code)) return `refused: ${code}`;
    const allowsNothing = asking.consents.some(({ purposes }) => purposes.length === 0);
    if (code === 'purpose' && !allowsNothing && change.includes('no purpose')) return 'wrong words';
    return null;
  }
  if (right.amiss.length > 0) return `opened in spite of ${right.amiss.join(', ')}`;
  const { endsAtMs, waitsFor, isOwnIncident } = answer;
  if (endsAtMs !== right.endsAtMs) return `ends at ${endsAtMs}`;
  if (waitsFor !== right.waitsFor) return `waits for ${waitsFor}`;
  if (answer.missing.join() !== right.missing.join()) return `misses the yes of ${answer.missing.join()}`;
  return isOwnIncident === right.isOwn ? null : 'whose incident';
}

const root = path.resolve(import.meta.dirname, '../../../../..');
const file = path.join(root, 'packages/consent/src/decide.ts');
const mutants = mutantsOf(
  file,
  ['export function decide', '\n  return { ok: true, endsAtMs, waitsFor'],
  conditionDefects,
);
const folder = new MutantFolder(root);
afterAll(() => folder.remove());

describe('A7 when a private camera opens', () => {
  it('as it is, decide gives the answers of SPEC.md', () => {
    const wrong = questions.find((question) => fault(question, decide) !== null);
    expect(wrong && [fault(wrong, decide), wrong]).toBeUndefined();
  });
  it('there are mutants of every rule', () => expect(mutants.length).toBeGreaterThan(50));
  it.each(mutants)('$name is caught', async ({ text }) => {
    const mutant = await folder.load<{ decide: Decide }>(file, text);
    expect(questions.some((question) => fault(question, mutant.decide) !== null)).toBe(true);
    assured({
      ...{ row: 'A7', trials: 1, whole: true },
      claim: 'each condition of when a private camera opens taken out or turned round is found',
      control: 'the mutants themselves; unchanged, no answer is wrong',
    });
  });
});

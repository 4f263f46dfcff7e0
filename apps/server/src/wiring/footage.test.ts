import { expect, test } from 'vitest';
import { Consent, type Camera, type ConsentStatus } from '@clerestory/protocol';
import { footageSources } from './footage.ts';

const nowMs = 1_000_000;
const here = { latitude: 50.1, longitude: 8.6 };

const camera = (id: string, part: Partial<Camera> = {}): Camera => ({
  ...{ id, number: 1, name: `The ${id}`, place: 'Quay', neighbourhood: '', keep: 'on-demand', tags: [] },
  ...{ source: { kind: 'none', hasSub: false, hasLogin: false }, heading: null, viewAngle: null },
  ...{ placeKind: 'shop', visibility: 'private', tier: 'registered', owner: null },
  ...{ revision: 1, createdAt: 0, updatedAt: 0, ...here, ...part },
});
const consent = (owner: string, status: ConsentStatus, part: object = {}): Consent =>
  Consent.parse({
    ...{ camera: 'x', owner, version: 1, status, level: 'registered', purposes: [], hours: null },
    ...{ radiusM: null, expiresAt: null, retentionDays: 0, basis: 'voluntary', pausedUntil: null },
    ...{ at: 0, by: `owner:${owner}`, ...part },
  });

const sources = (cameras: Camera[], consents: Record<string, Consent[]>) =>
  footageSources({
    cameras: { list: () => cameras, get: (id) => cameras.find((one) => one.id === id) },
    consents: { of: (id) => consents[id] ?? [] },
    clock: { nowMs: () => nowMs },
  });

test('owners are asked while they lend a private camera that stands somewhere, and no longer', () => {
  const { lent } = sources(
    [
      camera('given'),
      camera('paused'),
      camera('pending'),
      camera('revoked'),
      camera('expired'),
      camera('over'),
      camera('unasked', { owner: 'olga' }),
      camera('public', { visibility: 'public' }),
      camera('nowhere', { latitude: null }),
      camera('shared'),
    ],
    {
      given: [consent('olga', 'given')],
      paused: [consent('olga', 'paused')],
      pending: [consent('olga', 'pending')],
      revoked: [consent('olga', 'revoked')],
      expired: [consent('olga', 'expired')],
      // Nobody has marked it yet.
      over: [consent('olga', 'given', { expiresAt: nowMs })],
      public: [consent('olga', 'given')],
      nowhere: [consent('olga', 'given')],
      shared: [consent('luis', 'given'), consent('mia', 'revoked')],
    },
  );
  expect(lent().map((one) => [one.camera, one.owner])).toEqual([
    ['given', 'olga'],
    ['paused', 'olga'],
    ['shared', 'luis'],
  ]);
});

test('the district is that of the nearest public camera, and of no private one', () => {
  const { districtAt } = sources(
    [
      camera('shop', { neighbourhood: 'Secret Yard' }),
      camera('far', { visibility: 'public', neighbourhood: 'Old Town', latitude: 50.11 }),
      camera('near', { visibility: 'public', neighbourhood: 'Harbour', latitude: 50.105 }),
    ],
    {},
  );
  expect(districtAt(here)).toBe('Harbour');
  expect(districtAt({ latitude: 51, longitude: 8.6 })).toBe('');
});

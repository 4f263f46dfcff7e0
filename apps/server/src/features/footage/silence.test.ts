import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from '../../testing/browser.ts';
import { startOwnerApp, type OwnerApp } from '../../testing/owners.ts';
import { freshKey, openTerms, place } from '../../testing/private-camera.ts';

let site: OwnerApp;
let olga: Browser & { owner: string };
const people: Record<string, Browser> = {};
beforeAll(async () => {
  site = await startOwnerApp();
  for (const role of ['investigator', 'supervisor', 'auditor'] as const)
    people[role] = await site.personAs(role, `${role}-of-footage`);
  people['administrator'] = site.administrator;
  olga = await site.ownerAs('olga@owners.example');
  await site.administrator.call('POST', '/cameras', {
    ...{ id: 'cafe', name: 'Café door', place: 'Quay 4', placeKind: 'shop', ...place },
    ...{ visibility: 'private', tier: 'registered', source: { kind: 'none' }, owner: olga.owner },
  });
  await owner('POST', '/owner/cameras/cafe/consent', { type: 'give', terms: openTerms });
});
afterAll(() => site.stop());

const owner = async (method: string, address: string, body?: unknown) => {
  const answer = await olga.call(method, address, body, { 'idempotency-key': freshKey() });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
};
const as = async (role: string, method: string, address: string, body?: unknown) => {
  const answer = await people[role]?.call(method, address, body);
  expect(answer?.status, JSON.stringify(answer?.body)).toBeLessThan(300);
  return answer?.body;
};

async function published(where: { latitude: number; longitude: number }): Promise<string> {
  const nowMs = Date.now();
  const { id } = await as('investigator', 'POST', '/footage-requests', {
    ...{ purpose: 'robbery', case: { kind: 'other', number: '26-118' }, place: 'Quay', ...where },
    ...{ radiusM: 100, from: nowMs - 3_600_000, to: nowMs - 60_000 },
    words: 'A van left the quay in a hurry. Did your camera see it?',
  });
  await as('supervisor', 'POST', `/footage-requests/${id}/moderation`, { decision: 'publish' });
  return id as string;
}

/** Entries that the looking itself leaves. */
const leftByLooking = new Set(['record-read', 'audit-asked', 'footage-answers-read']);
/** Every door of the agency, and of everybody, at which something of a request could be seen, as it answers. */
async function seenByTheAgency(id: string): Promise<string> {
  const seen: unknown[] = [];
  for (const [role, addresses] of Object.entries({
    investigator: [
      '/footage-requests',
      `/footage-requests/${id}`,
      `/footage-requests/${id}/answers`,
      '/grants',
    ],
    supervisor: [
      `/footage-requests/${id}`,
      `/footage-requests/${id}/answers`,
      '/notices/delays',
      '/cameras/cafe',
    ],
    auditor: ['/footage-requests', '/notices/dead', '/cameras/cafe/consents'],
    administrator: ['/owners', '/notices/dead', '/public/footage-requests'],
  }))
    for (const address of addresses) seen.push([role, address, await as(role, 'GET', address)]);
  const { items } = await as('auditor', 'GET', '/record?limit=500');
  seen.push(
    items
      .filter(({ kind }: { kind: string }) => !leftByLooking.has(kind))
      .map((one: object) => ({ ...one, sequence: 0, hash: '' })),
  );
  return JSON.stringify(seen);
}

test('read, hidden or ignored: for the agency it is the same, byte for byte; an answer is not', async () => {
  const id = await published(place);
  const letter = await site.mailbox.take('olga@owners.example', ({ subject }) => subject.includes('footage'));
  expect(letter.subject).toContain('Café door');
  const ignored = await seenByTheAgency(id);
  expect(await owner('GET', '/owner/footage-requests')).toMatchObject({ items: [{ id, hidden: false }] });
  expect(await seenByTheAgency(id)).toBe(ignored);
  await owner('PUT', `/owner/footage-requests/${id}/hidden`, { hidden: true });
  expect(await owner('GET', '/owner/footage-requests')).toMatchObject({ items: [{ id, hidden: true }] });
  expect(await seenByTheAgency(id)).toBe(ignored);
  await owner('PUT', `/owner/footage-requests/${id}/hidden`, { hidden: false });
  // It is no blindness of what is compared.
  await owner('PUT', `/owner/footage-requests/${id}/answer`, {
    ...{ cameras: ['cafe'], words: 'A red van.', reach: 'mail' },
  });
  expect(await seenByTheAgency(id)).not.toBe(ignored);
  await owner('DELETE', `/owner/footage-requests/${id}/answer`);
  expect(await seenByTheAgency(id)).toBe(ignored);
});

test('whether it reached anybody is in no answer', async () => {
  const [someone, nobody] = [await published(place), await published({ latitude: 10, longitude: 10 })];
  const without = async (id: string) => {
    const one = await as('investigator', 'GET', `/footage-requests/${id}`);
    const answers = await as('investigator', 'GET', `/footage-requests/${id}/answers`);
    const { latitude: _a, longitude: _b, id: _c, number: _d, ...rest } = one;
    const times = { askedAt: 0, moderatedAt: 0, endsAt: 0, from: 0, to: 0 };
    return JSON.stringify([{ ...rest, ...times }, answers]);
  };
  expect(await without(someone)).toBe(await without(nobody));
});

test('a request for somebody else is not there; roles keep to their doors; everybody reads no more than purpose, time and district', async () => {
  const id = await published(place);
  const mallory = await site.ownerAs('mallory@owners.example', 'Mallory');
  const answer = { cameras: ['cafe'], words: 'Mine!', reach: 'mail' };
  expect((await mallory.call('PUT', `/owner/footage-requests/${id}/answer`, answer)).status).toBe(404);
  expect((await mallory.call('GET', '/owner/footage-requests')).body).toEqual({ items: [] });
  expect((await people['supervisor']?.call('POST', '/footage-requests', {}))?.status).toBe(403);
  expect((await people['auditor']?.call('GET', `/footage-requests/${id}/answers`))?.status).toBe(403);
  const everybody = await fetch(`${site.app.url}/api/v1/public/footage-requests`);
  const list = await everybody.text();
  expect(everybody.status).toBe(200);
  expect(list).toContain('"purpose":"robbery"');
  expect(list).not.toMatch(/26-118|Quay|investigator-of|van|50\.1/);
});

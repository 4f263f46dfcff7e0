import type { ConsentTermsInput } from '@clerestory/protocol';
import { ConsentTerms } from '@clerestory/protocol';
import type { GuardedApp } from './access.ts';

let count = 0;
export const freshKey = (): string => `test-key-${(count += 1)}-${Math.random().toString(36).slice(2, 10)}`;

/** Where private cameras of tests are; incidents beside them open them. */
export const place = { latitude: 50.1, longitude: 8.6 };

/** Allows what most tests need: any incident within 500 m, standing fire watch. */
export const openTerms: ConsentTermsInput = {
  level: 'standing',
  purposes: ['fire', 'robbery'],
  radiusM: 500,
};

const owners = new Map<string, Promise<string>>();

/** Who owns the private cameras of tests, by what tests call them; registered when first asked for. */
export function ownerOf(site: GuardedApp, called = 'tests'): Promise<string> {
  const at = `${site.dir} ${called}`;
  const known = owners.get(at) ?? register(site, called);
  owners.set(at, known);
  return known;
}

async function register(site: GuardedApp, called: string): Promise<string> {
  const input = { name: `Owner of ${called}`, email: `${called}@owners.example` };
  const made = await site.administrator.call('POST', '/owners', input, { 'idempotency-key': freshKey() });
  if (made.status !== 201) throw new Error(`no owner: ${JSON.stringify(made.body)}`);
  return made.body.id as string;
}

/** A private camera whose owner has given these terms; null: only registered in the registry, nobody was asked. */
export async function addPrivateCamera(
  site: GuardedApp,
  id: string,
  source: object,
  terms: ConsentTermsInput | null = openTerms,
  lentBy?: string,
): Promise<void> {
  const owner = lentBy ?? (await ownerOf(site));
  const made = await site.administrator.call('POST', '/cameras', {
    ...{ id, name: id, keep: 'always', source, visibility: 'private', owner, placeKind: 'shop', ...place },
  });
  if (made.status !== 201) throw new Error(`no camera: ${JSON.stringify(made.body)}`);
  if (terms === null) return;
  const change = { type: 'give', terms: ConsentTerms.parse(terms) } as const;
  const given = await site.app.owners.ownerChanges(owner, id, change, freshKey());
  if (!given.ok) throw new Error(given.problem.detail);
}

/** A8: a camera whose owner has revoked it, in the shared fixtures: no test may ever see a byte of it. */
export const canary = 'canary-revoked';
export async function addCanary(site: GuardedApp, source: object): Promise<void> {
  const owner = await ownerOf(site, 'the-canary');
  await addPrivateCamera(site, canary, source, openTerms, owner);
  await site.app.owners.ownerChanges(owner, canary, { type: 'revoke' }, freshKey());
}

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

/** A private camera whose owner has given these terms; null: only registered in the registry, nobody was asked. */
export async function addPrivateCamera(
  site: GuardedApp,
  id: string,
  source: object,
  terms: ConsentTermsInput | null = openTerms,
  owner = 'owner-of-tests',
): Promise<void> {
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
  await addPrivateCamera(site, canary, source, openTerms, 'owner-of-canary');
  await site.app.owners.ownerChanges('owner-of-canary', canary, { type: 'revoke' }, freshKey());
}

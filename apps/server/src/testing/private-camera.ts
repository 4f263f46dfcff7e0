import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import type { ConsentTermsInput } from '@clerestory/protocol';
import { ConsentTerms } from '@clerestory/protocol';
import { assured } from '../../../../tools/harness/assured.ts';
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

/** No address is open under one name and lent under another: the same stream, asked for by another address. */
const ofItsOwn = (source: object, id: string): object =>
  'main' in source ? { ...source, main: `${String(source.main)}?camera=${id}` } : source;

/** A private camera whose owner has given these terms; null: only registered in the registry, nobody was asked. */
export async function addPrivateCamera(
  site: GuardedApp,
  id: string,
  source: object,
  terms: ConsentTermsInput | null = openTerms,
  lentBy?: string,
  number?: number,
): Promise<void> {
  const owner = lentBy ?? (await ownerOf(site));
  const made = await site.administrator.call('POST', '/cameras', {
    ...{
      id,
      number,
      name: id,
      keep: 'always',
      source: ofItsOwn(source, id),
      visibility: 'private',
      owner,
      placeKind: 'shop',
    },
    ...place,
  });
  if (made.status !== 201) throw new Error(`no camera: ${JSON.stringify(made.body)}`);
  if (terms === null) return;
  const change = { type: 'give', terms: ConsentTerms.parse(terms) } as const;
  const given = await site.app.owners.ownerChanges(owner, id, change, freshKey());
  if (!given.ok) throw new Error(given.problem.detail);
}

/** A8: a camera whose owner has revoked it, in every app that tests start: none may ever come to a byte of it. */
export const canary = 'canary-revoked';
/** Behind those of a test. */
export const canaryNumber = 99_999;

/**
 * Its source is a port that counts who connects, so that whoever opens it is seen although nothing is sent. `look` throws
 * if anything was got of it; `end` closes the port.
 */
export async function placeCanary(site: GuardedApp): Promise<{ look(): void; end(): void }> {
  let reached = 0;
  const port = createServer((socket) => {
    reached += 1;
    socket.destroy();
  });
  port.listen(0, '127.0.0.1').unref();
  await once(port, 'listening');
  const main = `rtsp://127.0.0.1:${(port.address() as AddressInfo).port}/main`;
  const owner = await ownerOf(site, 'the-canary');
  await addPrivateCamera(
    site,
    canary,
    { kind: 'rtsp', main, transport: 'tcp' },
    openTerms,
    owner,
    canaryNumber,
  );
  await site.app.owners.ownerChanges(owner, canary, { type: 'revoke' }, freshKey());
  return {
    look() {
      const store = new Sqlite(path.join(site.dir, 'clerestory.db'), { readonly: true });
      const count = (query: string) => store.prepare(query).pluck().get(`camera:${canary}`) as number;
      const views = count(`select count(*) from record_entries where kind = 'view-started' and subject = ?`);
      const grants = count(`select count(*) from record_entries where kind = 'grant-given' and subject = ?`);
      store.close();
      if (reached + views + grants > 0)
        throw new Error(
          `A8: the canary, which its owner has revoked, was reached ${reached} times, with ${views} views and ${grants} grants`,
        );
      assured({ ...canaryClaim, trials: 1 });
    },
    end: () => void port.close(),
  };
}

const canaryClaim = {
  row: 'A8',
  claim:
    'of a canary camera, always revoked, in every app that tests start: no grant, no view, its source never reached',
  control: 'with the gate open for it, its source is reached',
} as const;

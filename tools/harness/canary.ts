import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ConsentTerms } from '@clerestory/protocol';
import type { Browser } from '../../apps/server/src/testing/browser.ts';
import { canaryNumber, freshKey, openTerms, place } from '../../apps/server/src/testing/private-camera.ts';
import { bytesByEveryDoor } from './every-door.ts';

/** A8: a private camera that its owner has revoked, beside those of a test. */
export interface Canary {
  id: string;
  /** How often its source was connected to. */
  reached(): number;
  /** Tries every door with these cookies, and asks for a grant. @returns how much was got of it, which has to be nothing */
  tried(mediaPort: number, browser: Browser): Promise<{ bytes: number; grants: number; reached: number }>;
  close(): Promise<void>;
}

/** A device of its own: no test picture is taken from one of which a camera is registered. */
const device = '127.0.0.2';

/**
 * Its source is a port that counts who connects: no stream runs unless somebody opens the camera, and who does is seen
 * although nothing is sent. `owner` is the owner's browser, `administrator` registers it.
 */
export async function placeCanary(
  administrator: Browser,
  owner: Browser & { owner: string },
  id = 'canary',
): Promise<Canary> {
  let reached = 0;
  const source = createServer((socket) => {
    reached += 1;
    socket.destroy();
  });
  source.listen(0, device);
  await once(source, 'listening');
  const { port } = source.address() as AddressInfo;
  const done = async (status: number, answer: Promise<{ status: number; body: unknown }>) => {
    const given = await answer;
    if (given.status !== status) throw new Error(`no canary: ${JSON.stringify(given.body)}`);
  };
  await done(
    201,
    administrator.call('POST', '/cameras', {
      ...{ id, number: canaryNumber, name: id, keep: 'always', placeKind: 'shop' },
      ...{ visibility: 'private', owner: owner.owner },
      ...{ source: { kind: 'rtsp', main: `rtsp://${device}:${port}/main`, transport: 'tcp' }, ...place },
    }),
  );
  for (const change of [{ type: 'give', terms: ConsentTerms.parse(openTerms) }, { type: 'revoke' }])
    await done(
      200,
      owner.call('POST', `/owner/cameras/${id}/consent`, change, { 'idempotency-key': freshKey() }),
    );
  return {
    id,
    reached: () => reached,
    async tried(mediaPort, browser) {
      const purpose = { kind: 'standing', purpose: 'fire' };
      const asked = await browser.call('POST', '/grants', { cameras: [{ camera: id }], purpose });
      const grants = asked.status === 201 ? asked.body.items[0].grants.length : 0;
      const bytes = await bytesByEveryDoor(mediaPort, browser.cookieHeader(), id);
      return { bytes, grants, reached };
    },
    async close() {
      source.close();
      await once(source, 'close');
    },
  };
}

/** What has to come of it. */
export const nothing = { bytes: 0, grants: 0, reached: 0 };

/** For the page of what is assured. */
export const canaryClaim = {
  row: 'A8',
  claim:
    'of a canary camera, always revoked, beside the cameras of a test: no grant, not a byte by any door, its source never reached',
  control: 'with the gate open for it, its source is reached',
} as const;

import type { IncomingMessage } from 'node:http';
import { problem, type Answer, type ScreenDevice } from '@clerestory/protocol';
import type { ScreenActor } from '../../platform/actor.ts';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import { cookieName, cookiesOf } from '../../platform/web.ts';
import type { Recorder } from './ports.ts';
import { deviceStore, type StoredDevice } from './store.ts';
import { hashOf, newToken } from './tokens.ts';

/** Holds the token of a paired screen, and nothing that could act. */
export const deviceCookie = 'clerestory-screen';
/** As long as browsers keep a cookie; it is set anew whenever the screen's page starts. */
export const deviceCookieS = 400 * 24 * 60 * 60;
/** Paired screens of one site, those that are no longer used included. */
const maxDevices = 1_000;
/** When a screen was last seen is written down no more often than this. */
const seenGrainMs = 60_000;

/** Paired screens. Taking away never waits: a revoked screen is dead in memory before the store is asked. */
export class Devices {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #isSecure: (request: IncomingMessage) => boolean;
  readonly #byHash = new Map<string, StoredDevice>();
  readonly #byId = new Map<string, StoredDevice>();
  readonly #revoked = new Set<(device: StoredDevice) => void>();

  constructor(db: Database, clock: Clock, record: Recorder, isSecure: (request: IncomingMessage) => boolean) {
    this.#db = db;
    this.#clock = clock;
    this.#record = record;
    this.#isSecure = isSecure;
  }

  async load(): Promise<void> {
    for (const device of await deviceStore.all(this.#db)) this.#keep(device);
  }

  /** Its socket and its pictures have to be cut. */
  onRevoked(listener: (device: StoredDevice) => void): void {
    this.#revoked.add(listener);
  }

  list(): ScreenDevice[] {
    return [...this.#byId.values()].map(({ tokenHash: _, ...device }) => device);
  }

  /** For media nodes: what the cookie of each screen hashes to. */
  all(): readonly StoredDevice[] {
    return [...this.#byId.values()];
  }

  byHash(hash: string): StoredDevice | undefined {
    return this.#byHash.get(hash);
  }

  /** The screen behind a request or a socket's handshake. */
  authenticate(request: IncomingMessage): ScreenActor | undefined {
    const token = cookiesOf(request).get(cookieName(deviceCookie, this.#isSecure(request)));
    return token === undefined ? undefined : this.ofToken(token);
  }

  ofToken(token: string): ScreenActor | undefined {
    const device = this.#byHash.get(hashOf(token));
    return device && this.actorOf(device.id);
  }

  actorOf(id: string): ScreenActor | undefined {
    const device = this.#byId.get(id);
    return device && { kind: 'screen', id: device.screen, name: device.name, wall: device.wall, device: id };
  }

  seen(id: string): void {
    const device = this.#byId.get(id);
    const nowMs = this.#clock.nowMs();
    if (!device || Math.abs(nowMs - (device.lastSeenAt ?? 0)) < seenGrainMs) return;
    device.lastSeenAt = nowMs;
    // Lost on a crash, which harms nobody.
    deviceStore.seen(this.#db, id, nowMs).catch(() => undefined);
  }

  /** @returns the new device, and the token for its cookie and nowhere else. */
  async add(
    screen: { wall: string; screen: string; name: string },
    by: string,
  ): Promise<Answer<{ device: ScreenDevice; token: string }>> {
    if (this.#byId.size >= maxDevices)
      return refuse(
        problem('unprocessable', `A site has at most ${maxDevices} paired screens. Revoke some first.`),
      );
    const token = newToken();
    const device: ScreenDevice = {
      ...screen,
      id: newId(),
      pairedAt: this.#clock.nowMs(),
      pairedBy: by,
      lastSeenAt: null,
    };
    const stored = { ...device, tokenHash: hashOf(token) };
    await this.#db.transaction().execute(async (write) => {
      await deviceStore.add(write, stored);
      await this.#record.append(write, {
        kind: 'screen-paired',
        actor: by,
        subject: `screen:${screen.screen}`,
        detail: { device: device.id, wall: screen.wall, name: screen.name },
      });
    });
    this.#keep(stored);
    return ok({ device, token });
  }

  async revoke(id: string, by: string): Promise<Answer<void>> {
    const device = this.#byId.get(id);
    if (!device) return refuse(problem('not-found', `There is no paired screen "${id}".`));
    this.#byId.delete(id);
    this.#byHash.delete(device.tokenHash);
    for (const listener of this.#revoked) listener(device);
    try {
      await this.#db.transaction().execute(async (write) => {
        if (!(await deviceStore.remove(write, id))) return;
        await this.#record.append(write, {
          kind: 'screen-revoked',
          actor: by,
          subject: `screen:${device.screen}`,
          detail: { device: id, name: device.name },
        });
      });
    } catch (error) {
      // Still revocable, since a restart would bring it back; whoever asked hears of it.
      this.#keep(device);
      throw error;
    }
    return ok(undefined);
  }

  /** The screen is off its wall, so that there is nothing it could show. */
  async revokeScreen(screen: string, by: string): Promise<void> {
    // All of them are dead in memory before the first is written.
    await Promise.all(
      this.all()
        .filter((device) => device.screen === screen)
        .map(({ id }) => this.revoke(id, by)),
    );
  }

  #keep(device: StoredDevice): void {
    this.#byHash.set(device.tokenHash, device);
    this.#byId.set(device.id, device);
  }
}

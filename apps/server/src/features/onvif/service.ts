import {
  problem,
  problemFromZod,
  CameraSource,
  type Answer,
  type Camera,
  type CameraInput,
  type DiscoverAnswer,
  type DiscoverRequest,
  type OnvifCameraInput,
  type ProbeAnswer,
  type ProbeRequest,
  type PtzAbilities,
} from '@clerestory/protocol';
import { checkAddress, type Resolve } from '../../platform/addresses/check.ts';
import { refusalOf, type CameraNetworks } from '../../platform/addresses/networks.ts';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Logger } from '../../platform/logging.ts';
import { OnvifDevice, type ProbedDevice } from './device.ts';
import { discover, discoveryPort } from './discovery.ts';
import { explain } from './rules.ts';
import { deviceStore, type StoredDevice } from './store.ts';
import type { DeviceAddress, Login } from './transport.ts';

/** What was probed is kept this long for whoever registers it, ms. */
const keepProbeMs = 10 * 60 * 1000;
const maxProbes = 32;
/** Probes at the same time; a search runs alone. */
const maxProbing = 4;
/** A whole probe, some ten messages, ms. */
const probeTimeoutMs = 20_000;
const devicePath = '/onvif/device_service';

/** The registry, as far as it is needed here. */
export interface CameraRegistry {
  create(
    input: CameraInput,
    key: string,
    by: string,
    sees?: (camera: string) => boolean,
  ): Promise<Answer<Camera>>;
}

export interface OnvifParts {
  db: Database;
  clock: Clock;
  log: Logger;
  cameras: CameraRegistry;
  networks: CameraNetworks;
  resolve?: Resolve;
  /** Where devices listen for searches. */
  searchPort?: number;
}

interface Probe {
  url: string;
  login: Login;
  found: ProbedDevice;
  expiresAt: number;
}

/** ONVIF devices: found, asked, registered, and known again when they are to move. */
export class OnvifService {
  readonly #parts: OnvifParts;
  readonly #probes = new Map<string, Probe>();
  readonly #stored = new Map<string, StoredDevice>();
  readonly #open = new Map<string, OnvifDevice>();
  readonly #listeners = new Set<(camera: string) => void>();
  #probing = 0;
  #searching = false;

  constructor(parts: OnvifParts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    for (const [camera, device] of await deviceStore.all(this.#parts.db)) this.#stored.set(camera, device);
  }

  stop(): void {
    for (const device of this.#open.values()) device.close();
    this.#open.clear();
  }

  /** Told when a camera got a device behind it. */
  onDevice(listener: (camera: string) => void): void {
    this.#listeners.add(listener);
  }

  /** The camera is out of the registry. */
  forget(camera: string): void {
    this.#stored.delete(camera);
    this.#open.get(camera)?.close();
    this.#open.delete(camera);
  }

  /** Cameras whose devices tell of events. */
  withEvents(): string[] {
    return [...this.#stored].flatMap(([camera, { events }]) => (events ? camera : []));
  }

  /** Null: the camera has no device that moves. */
  abilities(camera: string): PtzAbilities | null {
    const { ptz, ptzProfile } = this.#stored.get(camera) ?? { ptz: null, ptzProfile: null };
    return ptzProfile === null ? null : ptz;
  }

  /** The profile whose token goes with PTZ commands. */
  ptzProfile(camera: string): string | null {
    return this.#stored.get(camera)?.ptzProfile ?? null;
  }

  /** The device behind a camera, at the address that its name has now; refused where no camera may be. */
  async device(camera: string): Promise<Answer<OnvifDevice>> {
    const open = this.#open.get(camera);
    if (open) return ok(open);
    const device = await this.connection(camera);
    if (!device.ok) return device;
    this.#open.get(camera)?.close();
    this.#open.set(camera, device.value);
    return device;
  }

  /** As `device`, but another connection, which whoever asks closes. */
  async connection(camera: string): Promise<Answer<OnvifDevice>> {
    const stored = this.#stored.get(camera);
    if (!stored) return refuse(problem('unprocessable', 'This camera was not registered over ONVIF.'));
    const address = await this.#addressOf(stored.url);
    return address.ok ? ok(new OnvifDevice(address.value, stored)) : address;
  }

  /** The next use connects anew: its address or its clock may have changed. */
  drop(camera: string): void {
    this.#open.get(camera)?.close();
    this.#open.delete(camera);
  }

  async discover({ interfaces, waitMs }: DiscoverRequest): Promise<Answer<DiscoverAnswer>> {
    if (this.#searching)
      return refuse(
        problem('too-many', 'Somebody is searching already. Wait a few seconds, then try again.'),
      );
    this.#searching = true;
    try {
      return ok(
        await discover({
          names: interfaces ?? null,
          waitMs,
          port: this.#parts.searchPort ?? discoveryPort,
          refusal: (address) => refusalOf(address, this.#parts.networks),
        }),
      );
    } finally {
      this.#searching = false;
    }
  }

  async probe(request: ProbeRequest): Promise<Answer<ProbeAnswer>> {
    const { clock } = this.#parts;
    if (this.#probing >= maxProbing)
      return refuse(
        problem('too-many', `At most ${maxProbing} cameras are asked at once. Try again in a moment.`),
      );
    const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(request.address)
      ? request.address
      : `http://${request.address}`;
    const address = await this.#addressOf(url);
    if (!address.ok) return address;
    const login = { username: request.username, password: request.password };
    const asked = await this.#ask(address.value, login);
    if (!asked.ok) return asked;
    const found = asked.value;
    const probe: Probe = {
      url,
      login: login.username === '' && found.login ? found.login : login,
      found,
      expiresAt: clock.nowMs() + keepProbeMs,
    };
    const id = newId();
    this.#keep(id, probe);
    return ok({
      probe: id,
      expiresAt: probe.expiresAt,
      device: found.device,
      profiles: found.profiles.map(({ uri: _uri, ptz: _ptz, ...profile }) => profile),
      main: found.main,
      sub: found.sub,
      hasSnapshot: found.hasSnapshot,
      ptz: found.ptz,
      events: found.events,
      notes: found.notes,
    });
  }

  /** Registers what was probed. The streams' addresses and the login never leave the server. */
  async register(
    input: OnvifCameraInput,
    key: string,
    by: string,
    sees?: (camera: string) => boolean,
  ): Promise<Answer<Camera>> {
    const { probe: id, main = null, sub, ...fields } = input;
    const probe = this.#probed(id);
    if (!probe) return refuse(goneProbe);
    const { found, login, url } = probe;
    const source = sourceFor(probe, main ?? found.main, sub === undefined ? found.sub : sub);
    if (!source.ok) return source;
    const created = await this.#parts.cameras.create({ ...fields, source: source.value }, key, by, sees);
    if (!created.ok) return created;
    const { ptz, ptzProfile, events } = found;
    const device: StoredDevice = { url, ...login, ptz, ptzProfile, events };
    await deviceStore.put(this.#parts.db, created.value.id, device);
    this.forget(created.value.id);
    this.#stored.set(created.value.id, device);
    for (const listener of this.#listeners) listener(created.value.id);
    return ok({ ...created.value, ...(this.abilities(created.value.id) && { movable: true }) });
  }

  /** What one profile of a probed device would be registered as; for a test picture. */
  sourceOf(id: string, profile: string): Answer<CameraSource> {
    const probe = this.#probed(id);
    return probe ? sourceFor(probe, profile, null) : refuse(goneProbe);
  }

  #probed(id: string): Probe | null {
    const probe = this.#probes.get(id);
    return probe && probe.expiresAt >= this.#parts.clock.nowMs() ? probe : null;
  }

  async #ask(address: DeviceAddress, login: Login): Promise<Answer<ProbedDevice>> {
    const device = new OnvifDevice(address, login);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' })),
        probeTimeoutMs,
      );
    });
    this.#probing += 1;
    try {
      return ok(await Promise.race([device.probe(), late]));
    } catch (error) {
      const { detail, unauthorized } = explain(error, login.username !== '');
      this.#parts.log.info({ detail }, 'an ONVIF device could not be probed');
      return refuse(
        problem('bad-gateway', detail, {
          ...(unauthorized && { errors: [{ pointer: '/password', message: detail }] }),
        }),
      );
    } finally {
      this.#probing -= 1;
      clearTimeout(timer);
      device.close();
    }
  }

  async #addressOf(url: string): Promise<Answer<DeviceAddress>> {
    const { networks, resolve } = this.#parts;
    const checked = await checkAddress(url, {
      schemes: ['http', 'https'],
      networks,
      ...(resolve && { resolve }),
    });
    if (!checked.ok)
      return refuse(
        problem('unprocessable', `That address cannot be used: ${checked.reason}.`, {
          errors: [{ pointer: '/address', message: checked.reason }],
        }),
      );
    const { scheme, ip, host, port, path } = checked;
    return ok({
      secure: scheme === 'https',
      ip,
      host,
      port,
      path: path === '' || path === '/' ? devicePath : path,
    });
  }

  #keep(id: string, probe: Probe): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const [old, { expiresAt }] of this.#probes) if (expiresAt < nowMs) this.#probes.delete(old);
    const [oldest] = this.#probes.keys();
    if (this.#probes.size >= maxProbes && oldest !== undefined) this.#probes.delete(oldest);
    this.#probes.set(id, probe);
  }
}

const goneProbe = problem('gone', 'What was found out about this camera is no longer kept. Probe it again.');

function sourceFor({ found, login }: Probe, main: string | null, sub: string | null): Answer<CameraSource> {
  const uriOf = (token: string | null) =>
    found.profiles.find((one) => one.token === token && one.reason === '')?.uri;
  const [mainUri, subUri] = [uriOf(main), uriOf(sub)];
  if (mainUri === undefined) return refuse(noStream('/main'));
  if (sub !== null && subUri === undefined) return refuse(noStream('/sub'));
  const source = CameraSource.safeParse({
    kind: 'rtsp',
    main: mainUri,
    ...(subUri !== undefined && subUri !== mainUri && { sub: subUri }),
    ...(login.username !== '' && login),
  });
  return source.success ? ok(source.data) : refuse(problemFromZod(source.error, 'The stream of the camera'));
}

const noStream = (pointer: string) =>
  problem('unprocessable', 'The camera offers no such stream that can be taken. Choose another profile.', {
    errors: [{ pointer, message: 'choose one of the profiles that the probe found' }],
  });

import { choose, abilitiesOf, asText, field, profileOf, streamUri, type OfferedProfile } from './rules.ts';
import {
  DeviceError,
  escapeXml,
  openCam,
  type BoundedCam,
  type DeviceAddress,
  type Login,
} from './transport.ts';
import type { PtzAbilities, PtzPreset } from '@clerestory/protocol';

/** Profiles of one device that are looked at. */
const maxProfiles = 64;
const maxPresets = 300;
/** Should this server go away in the midst of a move, the camera stops by itself after this long, ms. */
const deviceHoldMs = 2_000;

type Reply<T> = (error: Error | null, value?: T) => void;
/** One call of the library; it may call back twice, of which the first counts. */
function call<T>(run: (done: Reply<T>) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    run((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

/** Everything that a probe finds out. */
export interface ProbedDevice {
  device: { manufacturer: string; model: string; firmware: string; serial: string };
  profiles: OfferedProfile[];
  main: string | null;
  sub: string | null;
  hasSnapshot: boolean;
  ptz: PtzAbilities | null;
  /** Token of the profile that moves. */
  ptzProfile: string | null;
  events: boolean;
  notes: string[];
  /** Login that the device had put into the stream addresses, when none was given. */
  login: Login | null;
}

/** How far its clock may be off before people are told, ms. */
const maxSkewMs = 60_000;

/** One ONVIF device. Each method is one message to it, or a few; all throw what `explain` puts in words. */
export class OnvifDevice {
  readonly #cam: BoundedCam;
  readonly #address: DeviceAddress;
  #known: Promise<void> | null = null;
  #clockAheadMs: number | null = null;

  constructor(address: DeviceAddress, login: Login) {
    this.#address = address;
    this.#cam = openCam(address, login);
  }

  close(): void {
    this.#cam.close();
  }

  /** Its clock and its services, asked once. Returns how far its clock is ahead, ms. */
  async connect(): Promise<number> {
    const cam = this.#cam;
    const time = await call<Date>((done) => cam.getSystemDateAndTime(done as never));
    try {
      await call((done) => cam.getServices(true, done as never));
    } catch {
      // The first version of ONVIF had no GetServices.
      await call((done) => cam.getCapabilities(done as never));
    }
    const ms = time instanceof Date ? time.getTime() : NaN;
    this.#clockAheadMs = Number.isFinite(ms) ? ms - Date.now() : null;
    return this.#clockAheadMs ?? 0;
  }

  /** How far its clock was ahead of ours when it was last asked; null when it did not say. */
  get clockAheadMs(): number | null {
    return this.#clockAheadMs;
  }

  has(service: 'ptz' | 'events'): boolean {
    return (this.#cam as unknown as { uri?: Record<string, unknown> }).uri?.[service] !== undefined;
  }

  /** Everything there is to know before it is registered. */
  async probe(): Promise<ProbedDevice> {
    const cam = this.#cam;
    const skewMs = await this.connect();
    const information = await call<unknown>((done) => cam.getDeviceInformation(done as never));
    const listed = await call<unknown[]>((done) => cam.getProfiles(done as never));
    const notes: string[] = [];
    if (Math.abs(skewMs) > maxSkewMs)
      notes.push(
        `The camera’s clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'ahead' : 'behind'}: switch NTP on in the camera.`,
      );
    const found = (Array.isArray(listed) ? listed : [])
      .slice(0, maxProfiles)
      .flatMap((raw) => profileOf(raw) ?? []);
    const { profiles, login, otherHost } = await this.#withStreams(found);
    if (otherHost)
      notes.push(
        'The camera names another host in its stream addresses than the one it was reached at; the one it was reached at is used.',
      );
    if (login)
      notes.push(
        'The camera had put a login into its stream addresses; it is kept with the camera’s secrets.',
      );
    const ptzProfile = profiles.find(({ ptz }) => ptz)?.token ?? null;
    return {
      device: {
        manufacturer: asText(field(information, 'manufacturer')),
        model: asText(field(information, 'model')),
        firmware: asText(field(information, 'firmwareVersion')),
        serial: asText(field(information, 'serialNumber')),
      },
      profiles,
      ...choose(profiles),
      hasSnapshot: await this.#hasSnapshot(profiles[0]?.token),
      ptz: ptzProfile !== null && this.has('ptz') ? await this.#abilities() : null,
      ptzProfile,
      events: this.has('events'),
      notes,
      login,
    };
  }

  async #withStreams(found: ReturnType<typeof profileOf>[]) {
    const profiles: OfferedProfile[] = [];
    let login: Login | null = null;
    let otherHost = false;
    for (const one of found) {
      if (!one) continue;
      try {
        const said = await call<unknown>((done) =>
          this.#cam.getStreamUri(
            { protocol: 'RTSP', stream: 'RTP-Unicast', profileToken: escapeXml(one.token) } as never,
            done as never,
          ),
        );
        const uri = streamUri(asTextLong(field(said, 'uri')), this.#address);
        if (!uri) throw new DeviceError('The camera gives no RTSP address for it');
        otherHost ||= uri.otherHost;
        if (uri.username !== undefined) login ??= { username: uri.username, password: uri.password ?? '' };
        profiles.push({ ...one, uri: uri.url, reason: '' });
      } catch (error) {
        if (error instanceof DeviceError && error.code !== '') throw error;
        profiles.push({ ...one, uri: '', reason: 'The camera gives no RTSP address for it' });
      }
    }
    return { profiles, login, otherHost };
  }

  async #hasSnapshot(profileToken: string | undefined): Promise<boolean> {
    if (profileToken === undefined) return false;
    try {
      const said = await call<unknown>((done) =>
        this.#cam.getSnapshotUri({ profileToken: escapeXml(profileToken) }, done as never),
      );
      return asTextLong(field(said, 'uri')).startsWith('http');
    } catch {
      return false;
    }
  }

  async #abilities(): Promise<PtzAbilities | null> {
    try {
      return abilitiesOf(await call<unknown>((done) => this.#cam.getNodes(done as never)));
    } catch {
      return null;
    }
  }

  /** Connected before the first command, once. */
  #ready(): Promise<void> {
    this.#known ??= this.connect().then(
      () => undefined,
      (error: unknown) => {
        this.#known = null;
        throw error;
      },
    );
    return this.#known;
  }

  async presets(profile: string): Promise<PtzPreset[]> {
    await this.#ready();
    await call<unknown>((done) =>
      this.#cam.getPresets({ profileToken: escapeXml(profile) } as never, done as never),
    );
    const kept = (this.#cam as unknown as { presets?: Record<string, unknown> }).presets ?? {};
    return Object.entries(kept)
      .slice(0, maxPresets)
      .map(([token, preset]) => ({ token, name: asText(field(preset, 'name')) || token }));
  }

  /** −1 to 1 each. */
  async move(
    profile: string,
    { pan, tilt, zoom }: { pan: number; tilt: number; zoom: number },
  ): Promise<void> {
    await this.#ready();
    const order = { profileToken: escapeXml(profile), x: pan, y: tilt, zoom, timeout: deviceHoldMs };
    await call((done) => this.#cam.continuousMove(order as never, done as never));
  }

  async stop(profile: string): Promise<void> {
    await this.#ready();
    const order = { profileToken: escapeXml(profile), panTilt: true, zoom: true };
    await call((done) => this.#cam.stop(order as never, done as never));
  }

  async goToPreset(profile: string, preset: string): Promise<void> {
    await this.#ready();
    const order = { profileToken: escapeXml(profile), preset: escapeXml(preset) };
    await call((done) => this.#cam.gotoPreset(order as never, done as never));
  }

  async goHome(profile: string): Promise<void> {
    await this.#ready();
    await call((done) =>
      this.#cam.gotoHomePosition({ profileToken: escapeXml(profile) } as never, done as never),
    );
  }

  /** Begins to be told of events; `pullEvents` then gets them. */
  async subscribe(): Promise<void> {
    await this.#ready();
    await call((done) => this.#cam.createPullPointSubscription(done as never));
  }

  /** What has happened; waits up to a minute for something to. */
  async pullEvents(limit: number): Promise<unknown[]> {
    const data = await call<unknown>((done) =>
      this.#cam.pullMessages({ messageLimit: limit } as never, done as never),
    );
    const messages = field(data, 'notificationMessage');
    return messages === undefined ? [] : (Array.isArray(messages) ? messages : [messages]).slice(0, limit);
  }

  async renew(): Promise<void> {
    await call((done) => this.#cam.renew({}, done as never));
  }
}

const asTextLong = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 1_024) : '');

import { createHash, randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTo, pulled, renewed, subscribed, type CameraEvent, type CameraModel } from './answers.ts';
import { attributeOf, envelope, fault, operationOf, textOf } from './soap.ts';

/** A command that moves the camera, as it came. */
export interface PtzCommand {
  name: 'ContinuousMove' | 'Stop' | 'GotoPreset' | 'GotoHomePosition';
  /** Monotonic ms. */
  atMs: number;
  pan: number;
  tilt: number;
  zoom: number;
  /** `PT2S`, or undefined. */
  timeout: string | undefined;
  preset: string | undefined;
}

/** What goes wrong; all may be changed while it runs. */
export interface CameraFaults {
  /** Each answer waits this long, ms. */
  slowMs: number;
  /** Operations that are answered with this fault. */
  refuse: Record<string, { subcode: string; reason: string }>;
  /** Operations that are answered with these bytes and status 200. */
  garble: Record<string, string>;
  /** Operations that are never answered. */
  hang: Set<string>;
  /** Operations that are sent on to another address, as a hostile camera would (status 302). */
  redirect: Record<string, string>;
}

export interface OnvifCamera {
  /** Device service. */
  url: string;
  /** `127.0.0.1:<port>` */
  host: string;
  model: CameraModel;
  faults: CameraFaults;
  /** What it was asked, in order; PTZ commands with their numbers. */
  operations: string[];
  ptz: PtzCommand[];
  /** Tells whoever pulls events. */
  emit(event: CameraEvent): void;
  /** Answers WS-Discovery probes on loopback; the port, for a test that must not use 3702. */
  announce(port?: number): Promise<number>;
  close(): Promise<void>;
}

export interface OnvifCameraOptions {
  login?: { username: string; password: string };
  /** The login is asked for as HTTP digest (RFC 7616) instead of WS-Security. */
  httpDigest?: boolean;
  model?: Partial<CameraModel>;
}

const maxRequestBytes = 256 * 1024;
/** A message pull is answered after this long at the latest, ms. */
const pullMs = 2_000;
/** How far apart the clocks may be in a login, ms. */
const maxSkewMs = 30_000;

function defaultModel(host: string): CameraModel {
  const uri = (name: string) => `rtsp://${host.replace(/:.*/, '')}:8554/${name}`;
  return {
    manufacturer: 'Lumen & Sons',
    model: 'Dome <7>',
    serial: 'LS-0007',
    profiles: [
      { token: 'main', name: 'Main', encoding: 'H264', width: 1920, height: 1080, fps: 25, bitrateKbps: 4096, uri: uri('main'), ptz: true }, // prettier-ignore
      { token: 'sub', name: 'Sub', encoding: 'H264', width: 640, height: 360, fps: 12, bitrateKbps: 512, uri: uri('sub') }, // prettier-ignore
    ],
    presets: [
      { token: '1', name: 'Gate' },
      { token: '2', name: 'Car park & ramp' },
    ],
    home: true,
    snapshotUri: `http://${host}/snapshot.jpg`,
    advertisedHost: null,
    events: true,
    clockSkewMs: 0,
  };
}

/** WS-Security UsernameToken digest: base64(SHA-1(nonce + created + password)). */
function loginHolds(xml: string, login: OnvifCameraOptions['login'], nowMs: number): boolean {
  if (!login) return true;
  const [username, digest] = [textOf(xml, 'Username'), textOf(xml, 'Password')];
  const [nonce, created] = [textOf(xml, 'Nonce') ?? '', textOf(xml, 'Created') ?? ''];
  if (Math.abs(Date.parse(created) - nowMs) > maxSkewMs) return false;
  const expected = createHash('sha1')
    .update(Buffer.from(nonce, 'base64'))
    .update(created + login.password)
    .digest('base64');
  return username === login.username && digest === expected;
}

const realm = 'camera';
const digestNonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c0';
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** HTTP digest, RFC 7616 section 3.4, MD5 with `qop=auth`. */
function digestHolds(header: string, login: { username: string; password: string }): boolean {
  const value = (name: string) => new RegExp(`\\b${name}="?([^",]*)`).exec(header)?.[1] ?? '';
  const secret = md5(`${login.username}:${realm}:${login.password}`);
  const about = md5(`POST:${value('uri')}`);
  const parts = [secret, digestNonce, value('nc'), value('cnonce'), 'auth', about];
  return value('username') === login.username && value('response') === md5(parts.join(':'));
}

const ptzNames = new Set(['ContinuousMove', 'Stop', 'GotoPreset', 'GotoHomePosition']);

function ptzCommand(name: string, xml: string): PtzCommand {
  const number = (element: string, attribute: string) => Number(attributeOf(xml, element, attribute) ?? 0);
  return {
    name: name as PtzCommand['name'],
    atMs: performance.now(),
    pan: number('PanTilt', 'x'),
    tilt: number('PanTilt', 'y'),
    zoom: number('Zoom', 'x'),
    timeout: textOf(xml, 'Timeout'),
    preset: textOf(xml, 'PresetToken'),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxRequestBytes) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Starts an ONVIF camera on a free port of loopback: Device, Media, PTZ and Events, with a login and with faults. */
export async function startOnvifCamera(options: OnvifCameraOptions = {}): Promise<OnvifCamera> {
  const faults: CameraFaults = { slowMs: 0, refuse: {}, garble: {}, hang: new Set(), redirect: {} };
  const operations: string[] = [];
  const ptz: PtzCommand[] = [];
  const waiting: CameraEvent[] = [];
  const pulls = new Set<() => void>();
  const endings: (() => Promise<unknown>)[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const model: CameraModel = { ...defaultModel(host), ...options.model };

  async function pull(response: ServerResponse, nowMs: number): Promise<string> {
    if (waiting.length === 0)
      await new Promise<void>((done) => {
        const timer = setTimeout(() => done(), pullMs);
        const wake = () => (clearTimeout(timer), pulls.delete(wake), done());
        pulls.add(wake);
        response.once('close', wake);
      });
    return pulled(waiting.splice(0, 10), nowMs);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const xml = await readBody(request);
    const name = operationOf(xml)?.name ?? '';
    operations.push(name);
    const send = (status: number, body: string) =>
      void response.writeHead(status, { 'content-type': 'application/soap+xml; charset=utf-8' }).end(body);
    if (faults.slowMs > 0) await new Promise((done) => setTimeout(done, faults.slowMs));
    if (faults.hang.has(name)) return;
    const elsewhere = faults.redirect[name];
    if (elsewhere !== undefined) return void response.writeHead(302, { location: elsewhere }).end();
    const garbled = faults.garble[name];
    if (garbled !== undefined) return send(200, garbled);
    const refused = faults.refuse[name];
    if (refused) return send(400, fault(refused.subcode, refused.reason));
    const nowMs = Date.now();
    const open = name === 'GetSystemDateAndTime';
    if (options.httpDigest && options.login && !open) {
      if (!digestHolds(Buffer.from(request.headers.authorization ?? '', 'latin1').toString(), options.login))
        return void response
          .writeHead(401, {
            'www-authenticate': `Digest realm="${realm}", qop="auth", nonce="${digestNonce}"`,
          })
          .end();
    } else if (!open && !loginHolds(xml, options.login, nowMs + model.clockSkewMs))
      return send(400, fault('ter:NotAuthorized', 'Sender not authorized'));
    if (ptzNames.has(name)) ptz.push(ptzCommand(name, xml));
    if (name === 'CreatePullPointSubscription')
      return send(200, envelope(subscribed(model.advertisedHost ?? host, nowMs)));
    if (name === 'PullMessages') return send(200, envelope(await pull(response, nowMs)));
    if (name === 'Renew') return send(200, envelope(renewed(nowMs)));
    if (name === 'Unsubscribe') return send(200, envelope('<wsnt:UnsubscribeResponse/>'));
    const body = answerTo(name, xml, model, host, nowMs);
    if (body === null) send(500, fault('ter:ActionNotSupported', `${name} is not supported here`));
    else send(200, envelope(body));
  }

  return {
    url: `http://${host}/onvif/device_service`,
    host,
    model,
    faults,
    operations,
    ptz,
    emit(event) {
      waiting.push(event);
      for (const wake of [...pulls]) wake();
    },
    async announce(port = 0) {
      const socket = createSocket({ type: 'udp4', reuseAddr: true });
      socket.on('message', (message, from) => {
        const asked = message.toString();
        const id = textOf(asked, 'MessageID');
        if (id === undefined || operationOf(asked)?.name !== 'Probe') return;
        socket.send(
          probeMatch(id, `http://${model.advertisedHost ?? host}/onvif/device_service`, model),
          from.port,
          from.address,
        );
      });
      socket.bind(port);
      await once(socket, 'listening');
      socket.addMembership('239.255.255.250', '127.0.0.1');
      endings.push(() => new Promise<void>((done) => socket.close(() => done())));
      return socket.address().port;
    },
    async close() {
      for (const wake of [...pulls]) wake();
      for (const end of endings) await end();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** WS-Discovery 1.1 (2005/04), ProbeMatch, with the ONVIF scopes. */
function probeMatch(id: string, xaddr: string, { model, manufacturer }: CameraModel): string {
  const scope = (name: string, value: string) => `onvif://www.onvif.org/${name}/${encodeURIComponent(value)}`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ' +
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" ' +
    'xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>' +
    `<a:MessageID>urn:uuid:${randomUUID()}</a:MessageID><a:RelatesTo>${id}</a:RelatesTo></s:Header><s:Body><d:ProbeMatches>` +
    `<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:${createHash('sha1').update(xaddr).digest('hex').slice(0, 32)}</a:Address></a:EndpointReference>` +
    `<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>${scope('name', `${manufacturer} ${model}`)} ${scope('hardware', model)} ${scope('location', 'Harbour')}</d:Scopes>` +
    `<d:XAddrs>${xaddr}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>`
  );
}

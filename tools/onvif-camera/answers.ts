import { escapeXml, textOf } from './soap.ts';

export interface CameraProfile {
  token: string;
  name: string;
  encoding: 'H264' | 'H265' | 'JPEG';
  width: number;
  height: number;
  fps: number;
  bitrateKbps: number;
  /** What GetStreamUri says; any text. */
  uri: string;
  ptz?: boolean;
}

/** What a camera of ours is; all of it may be changed while it runs. */
export interface CameraModel {
  manufacturer: string;
  model: string;
  serial: string;
  profiles: CameraProfile[];
  presets: { token: string; name: string }[];
  home: boolean;
  snapshotUri: string | null;
  /** Where the device says that its services are; what it was reached at, when left out. */
  advertisedHost: string | null;
  events: boolean;
  /** How far its clock is ahead, ms. */
  clockSkewMs: number;
}

const onvif = 'http://www.onvif.org';
const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

function systemTime(nowMs: number): string {
  const now = new Date(nowMs);
  return (
    '<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>' +
    '<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>' +
    `<tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time>` +
    `<tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date>` +
    '</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>'
  );
}

function services(model: CameraModel, host: string): string {
  const at = (path: string) => `http://${model.advertisedHost ?? host}/onvif/${path}`;
  const rows: [namespace: string, path: string][] = [
    [`${onvif}/ver10/device/wsdl`, 'device_service'],
    [`${onvif}/ver10/media/wsdl`, 'media_service'],
  ];
  if (model.profiles.some(({ ptz }) => ptz)) rows.push([`${onvif}/ver20/ptz/wsdl`, 'ptz_service']);
  if (model.events) rows.push([`${onvif}/ver10/events/wsdl`, 'event_service']);
  const service = ([namespace, path]: [string, string]) =>
    `<tds:Service><tds:Namespace>${namespace}</tds:Namespace><tds:XAddr>${at(path)}</tds:XAddr>` +
    '<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>';
  return `<tds:GetServicesResponse>${rows.map(service).join('')}</tds:GetServicesResponse>`;
}

function profile({ token, name, encoding, width, height, fps, bitrateKbps, ptz }: CameraProfile): string {
  return (
    `<trt:Profiles token="${escapeXml(token)}" fixed="true"><tt:Name>${escapeXml(name)}</tt:Name>` +
    '<tt:VideoSourceConfiguration token="vsc"><tt:Name>vsc</tt:Name><tt:SourceToken>vs</tt:SourceToken></tt:VideoSourceConfiguration>' +
    `<tt:VideoEncoderConfiguration token="enc-${escapeXml(token)}"><tt:Name>enc</tt:Name><tt:Encoding>${encoding}</tt:Encoding>` +
    `<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>` +
    `<tt:RateControl><tt:FrameRateLimit>${fps}</tt:FrameRateLimit><tt:BitrateLimit>${bitrateKbps}</tt:BitrateLimit></tt:RateControl>` +
    '</tt:VideoEncoderConfiguration>' +
    (ptz
      ? '<tt:PTZConfiguration token="ptz"><tt:Name>ptz</tt:Name><tt:NodeToken>node</tt:NodeToken></tt:PTZConfiguration>'
      : '') +
    '</trt:Profiles>'
  );
}

const node = (model: CameraModel): string =>
  '<tptz:GetNodesResponse><tptz:PTZNode token="node"><tt:Name>node</tt:Name><tt:SupportedPTZSpaces>' +
  '<tt:ContinuousPanTiltVelocitySpace><tt:URI>v</tt:URI></tt:ContinuousPanTiltVelocitySpace>' +
  '<tt:ContinuousZoomVelocitySpace><tt:URI>z</tt:URI></tt:ContinuousZoomVelocitySpace></tt:SupportedPTZSpaces>' +
  `<tt:MaximumNumberOfPresets>${model.presets.length + 8}</tt:MaximumNumberOfPresets>` +
  `<tt:HomeSupported>${model.home}</tt:HomeSupported></tptz:PTZNode></tptz:GetNodesResponse>`;

const presets = (model: CameraModel): string =>
  `<tptz:GetPresetsResponse>${model.presets
    .map(
      ({ token, name }) =>
        `<tptz:Preset token="${escapeXml(token)}"><tt:Name>${escapeXml(name)}</tt:Name></tptz:Preset>`,
    )
    .join('')}</tptz:GetPresetsResponse>`;

/** A notification: topic, and one item of data. */
export interface CameraEvent {
  topic: string;
  item: string;
  value: string;
}
export const notification = ({ topic, item, value }: CameraEvent, nowMs: number): string =>
  '<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">' +
  `${topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="${iso(nowMs)}" PropertyOperation="Changed">` +
  `<tt:Source><tt:SimpleItem Name="Source" Value="vs"/></tt:Source><tt:Data><tt:SimpleItem Name="${item}" Value="${value}"/></tt:Data>` +
  '</tt:Message></wsnt:Message></wsnt:NotificationMessage>';

/** What an operation is answered with, without its envelope; null: it is not supported. Events are the server's. */
export function answerTo(
  operation: string,
  request: string,
  model: CameraModel,
  host: string,
  nowMs: number,
): string | null {
  const wanted = textOf(request, 'ProfileToken');
  const asked = model.profiles.find(({ token }) => token === wanted);
  switch (operation) {
    case 'GetSystemDateAndTime':
      return systemTime(nowMs + model.clockSkewMs);
    case 'GetServices':
      return services(model, host);
    case 'GetDeviceInformation':
      return (
        `<tds:GetDeviceInformationResponse><tds:Manufacturer>${escapeXml(model.manufacturer)}</tds:Manufacturer>` +
        `<tds:Model>${escapeXml(model.model)}</tds:Model><tds:FirmwareVersion>1.2.3</tds:FirmwareVersion>` +
        `<tds:SerialNumber>${escapeXml(model.serial)}</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>`
      );
    case 'GetProfiles':
      return `<trt:GetProfilesResponse>${model.profiles.map(profile).join('')}</trt:GetProfilesResponse>`;
    case 'GetStreamUri':
      return asked
        ? `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>${escapeXml(asked.uri)}</tt:Uri></trt:MediaUri></trt:GetStreamUriResponse>`
        : null;
    case 'GetSnapshotUri':
      return model.snapshotUri === null
        ? null
        : `<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>${escapeXml(model.snapshotUri)}</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>`;
    case 'GetNodes':
      return node(model);
    case 'GetPresets':
      return presets(model);
    case 'ContinuousMove':
    case 'Stop':
      return `<tptz:${operation}Response/>`;
    case 'GotoPreset':
      return model.presets.some(({ token }) => token === textOf(request, 'PresetToken'))
        ? '<tptz:GotoPresetResponse/>'
        : null;
    case 'GotoHomePosition':
      return model.home ? '<tptz:GotoHomePositionResponse/>' : null;
    default:
      return null;
  }
}

export const subscribed = (host: string, nowMs: number): string =>
  '<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>' +
  `<wsa5:Address>http://${host}/onvif/subscription</wsa5:Address></tev:SubscriptionReference>` +
  `<wsnt:CurrentTime>${iso(nowMs)}</wsnt:CurrentTime><wsnt:TerminationTime>${iso(nowMs + 120_000)}</wsnt:TerminationTime>` +
  '</tev:CreatePullPointSubscriptionResponse>';

export const pulled = (events: readonly CameraEvent[], nowMs: number): string =>
  `<tev:PullMessagesResponse><tev:CurrentTime>${iso(nowMs)}</tev:CurrentTime>` +
  `<tev:TerminationTime>${iso(nowMs + 120_000)}</tev:TerminationTime>` +
  `${events.map((event) => notification(event, nowMs)).join('')}</tev:PullMessagesResponse>`;

export const renewed = (nowMs: number): string =>
  `<wsnt:RenewResponse><wsnt:TerminationTime>${iso(nowMs + 120_000)}</wsnt:TerminationTime>` +
  `<wsnt:CurrentTime>${iso(nowMs)}</wsnt:CurrentTime></wsnt:RenewResponse>`;

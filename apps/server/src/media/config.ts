import { z } from 'zod';
import { defaultCameraNetworks } from '../platform/addresses/networks.ts';

/** What the parent writes as the first line on stdin: it holds a token, so neither arguments nor environment. */
export const MediaNodeConfig = z.object({
  /** Base URL of control, such as `http://127.0.0.1:8080`. */
  controlUrl: z.url({ protocol: /^https?$/ }),
  token: z.string().min(1),
  host: z.string().min(1).default('127.0.0.1'),
  /** 0: any free one. */
  port: z.int().min(0).max(65_535).default(0),
  /** False: any free port when the given one is in use. */
  portFixed: z.boolean().default(false),
  /** Exactly the origins of control's pages; their hosts are the names by which this node may be asked. */
  allowedOrigins: z.array(z.url({ protocol: /^https?$/ })).min(1),
  /** Paths of certificate and key; null: plain HTTP. */
  tls: z.object({ certFile: z.string(), keyFile: z.string() }).nullable().default(null),
  /** Whose word on address, scheme and host is believed; see platform/origins.ts. */
  trustProxy: z.array(z.string()).default([]),
  onlyProxied: z.boolean().default(false),
  ffmpegPath: z.string().min(1).default('ffmpeg'),
  warmMs: z.number().min(0).default(30_000),
  demoDir: z.string().startsWith('/'),
  /** Where cameras may be; see parseCameraNetworks. */
  cameraNetworks: z.string().default(defaultCameraNetworks),
  /** Streams converted to H.264 at the same time; more wait. */
  conversions: z.int().min(0).max(64).default(2),
  /** Memory for the last minute of all streams, MiB; 0 keeps nothing. */
  replayMb: z.int().min(0).max(65_536).default(512),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type MediaNodeConfig = z.infer<typeof MediaNodeConfig>;

/** What the node itself needs; the rest is for the link to control. */
export type NodeConfig = Pick<
  MediaNodeConfig,
  | 'host'
  | 'port'
  | 'portFixed'
  | 'allowedOrigins'
  | 'ffmpegPath'
  | 'warmMs'
  | 'demoDir'
  | 'cameraNetworks'
  | 'conversions'
> &
  Partial<Pick<MediaNodeConfig, 'tls' | 'trustProxy' | 'onlyProxied' | 'replayMb'>>;

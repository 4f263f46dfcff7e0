import { z } from 'zod';

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
  allowedOrigins: z.union([z.array(z.string()), z.literal('same-host')]).default('same-host'),
  ffmpegPath: z.string().min(1).default('ffmpeg'),
  warmMs: z.number().min(0).default(30_000),
  demoDir: z.string().startsWith('/'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type MediaNodeConfig = z.infer<typeof MediaNodeConfig>;

/** What the node itself needs; the rest is for the link to control. */
export type NodeConfig = Pick<
  MediaNodeConfig,
  'host' | 'port' | 'portFixed' | 'allowedOrigins' | 'ffmpegPath' | 'warmMs' | 'demoDir'
>;

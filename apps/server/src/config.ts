import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { defaultCameraNetworks, parseCameraNetworks } from './platform/addresses/networks.ts';

/** A setting could not be used; every fault is listed, each with what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: string[];
  constructor(faults: string[]) {
    super(
      `Clerestory cannot start with these settings:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** `::1` is left out: Chromium takes no IPv6 address in a content-security policy, so a page there would show no video. */
const isLoopback = (host: string) => host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.'));

const flag = z
  .union([z.boolean(), z.enum(['0', '1', 'true', 'false'])], 'give 1 for yes or 0 for no')
  .transform((value) => value === true || value === '1' || value === 'true');

/** A number within bounds: text in the environment, a number in the file too. `message` says both bounds. */
const boundedNumber = (pattern: RegExp, most: number, message: string) =>
  z
    .union([z.number(), z.string().trim().regex(pattern).transform(Number)], message)
    .refine((value) => value >= 0 && value <= most && pattern.test(String(value)), message);
const port = boundedNumber(/^\d{1,9}$/, 65_535, 'give a port number from 0 to 65535; 0 takes any free port');
const filled = (message: string) =>
  z.string(message).refine((value) => value.trim() !== '' && !value.includes('\0'), message);
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting, its default and its bounds. The environment name is `CLERESTORY_` and the upper-case key. */
const Settings = z.strictObject({
  /** Until people can sign in, only this machine may reach the server. */
  host: z
    .string('give 127.0.0.1 or localhost')
    .default('127.0.0.1')
    .refine(isLoopback, {
      error: (issue) =>
        `"${String(issue.input)}" is not this machine's IPv4 loopback, and nobody signs in yet. Use 127.0.0.1 or localhost`,
    }),
  port: port.default(8080),
  /** Port of the media node's doors; unset takes the one after `port`, or any free one if that is taken. */
  media_port: port.optional(),
  /** Relative to the folder in which the server is started. */
  data: filled('give a folder, such as ./data').default('./data'),
  demo: flag.default(true),
  ffmpeg: filled('give the path of the program, or unset it to take the one on the PATH').default('ffmpeg'),
  /** How long a stream keeps running after its last viewer, seconds. */
  warm_s: boundedNumber(/^\d{1,9}(\.\d{1,9})?$/, 3600, 'give seconds from 0 to 3600').default(30),
  /**
   * Where cameras may be: `private` (the site's own networks), `public` (the internet), `loopback` (this machine) and
   * ranges such as 10.20.0.0/16, separated by commas. Nothing else is ever connected to.
   */
  camera_networks: z
    .string('give networks, separated by commas')
    .default(defaultCameraNetworks)
    .superRefine((value, context) => {
      try {
        parseCameraNetworks(value);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    }),
  log_level: z.enum(levels, `use one of ${levels.join(', ')}`).default('info'),
  /** More page origins that may open sockets, comma-separated: for a proxy in front. */
  origins: z
    .union([z.string(), z.array(z.string())], 'give origins, separated by commas')
    .default('')
    .transform((value) =>
      (Array.isArray(value) ? value : value.split(',')).map((one) => one.trim()).filter(Boolean),
    )
    .refine(
      (list) => list.every((one) => /^https?:\/\/[^/\s]+$/.test(one)),
      'give origins such as https://wall.example.org, separated by commas, without a path',
    ),
});

export interface Config {
  host: string;
  port: number;
  mediaPort: number | null;
  dataDir: string;
  demo: boolean;
  ffmpegPath: string;
  warmMs: number;
  /** As the setting says it; see parseCameraNetworks. */
  cameraNetworks: string;
  logLevel: string;
  origins: string[];
}

const prefix = 'CLERESTORY_';
const configKey = `${prefix}CONFIG`;
/** Read elsewhere: by ourselves for the file, and by the tests for their browser. */
const readElsewhere = new Set([configKey, `${prefix}CHROMIUM`]);

/** Reads the optional JSON file; its keys are the settings' names in lower case, such as `media_port`. */
function readFileSettings(env: NodeJS.ProcessEnv, cwd: string, faults: string[]): Record<string, unknown> {
  const named = env[configKey];
  const file = path.resolve(cwd, named ?? 'clerestory.config.json');
  if (!existsSync(file)) {
    if (named) faults.push(`${configKey}: there is no file ${file}. Correct the path or unset it`);
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
    faults.push(`${file}: write one JSON object, such as {"port": 8080}`);
  } catch (error) {
    faults.push(`${file}: ${(error as Error).message}. Correct the JSON`);
  }
  return {};
}

/**
 * Settings from the environment and an optional file; the environment wins.
 * @throws ConfigError naming every fault at once.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): Config {
  const faults: string[] = [];
  const values = readFileSettings(env, cwd, faults);
  const known = new Set(Object.keys(Settings.shape));
  const inFile = Object.keys(values).filter((key) => !known.has(key));
  for (const key of inFile) {
    faults.push(`"${key}" in the file is not a setting. Known: ${[...known].join(', ')}`);
    delete values[key];
  }
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(prefix) || readElsewhere.has(name) || value === undefined || value === '') continue;
    const key = name.slice(prefix.length).toLowerCase();
    if (known.has(key)) values[key] = value;
    else
      faults.push(
        `${name} is not a setting. Known: ${[...known].map((one) => prefix + one.toUpperCase()).join(', ')}`,
      );
  }
  const parsed = Settings.safeParse(values);
  for (const { path: where, message } of parsed.error?.issues ?? [])
    faults.push(`${prefix}${String(where[0] ?? '').toUpperCase()}: ${message}`);
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  const settings = parsed.data;
  return {
    host: settings.host,
    port: settings.port,
    mediaPort: settings.media_port ?? null,
    dataDir: path.resolve(cwd, settings.data),
    demo: settings.demo,
    ffmpegPath: settings.ffmpeg,
    warmMs: settings.warm_s * 1000,
    cameraNetworks: settings.camera_networks,
    logLevel: settings.log_level,
    origins: settings.origins,
  };
}

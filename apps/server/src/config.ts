import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { defaultCameraNetworks, parseCameraNetworks } from './platform/addresses/networks.ts';
import { readNetwork } from './platform/peers.ts';
import { parseWitnesses } from './platform/witnesses.ts';
import type { MailSettings } from './platform/mail.ts';
import type { TlsFiles } from './platform/tls.ts';

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
const isEvery = (host: string) => host === '0.0.0.0' || host === '::';

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
const originPattern = /^https?:\/\/[^/\s?#@]+$/;
const list = (message: string) =>
  z
    .union([z.string(), z.array(z.string())], message)
    .default('')
    .transform((value) =>
      (Array.isArray(value) ? value : value.split(',')).map((one) => one.trim()).filter(Boolean),
    );
const portsMessage = 'give the first and the last port, such as 20000-20099, from 1024 to 65535';
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting, its default and its bounds. The environment name is `CLERESTORY_` and the upper-case key. */
const Settings = z.strictObject({
  /** Where to listen. Beyond loopback only with TLS, or behind a proxy; see `faultsOfDoor`. */
  host: z
    .string('give 127.0.0.1 or another address of this machine')
    .default('127.0.0.1')
    .refine((host) => host !== '::1' && (isLoopback(host) || isIP(host) !== 0), {
      error: (issue) =>
        `"${String(issue.input)}" is no address to listen on. Give 127.0.0.1, localhost, another address of this machine, or 0.0.0.0 for all of them`,
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
  /** Ports to which cameras may send, `first-last`. */
  push_ports: z
    .string(portsMessage)
    .default('20000-20099')
    .transform((text, context) => {
      const found = /^(\d{4,5})-(\d{4,5})$/.exec(text.trim());
      const [from, to] = [Number(found?.[1]), Number(found?.[2])];
      if (from >= 1024 && from <= to && to <= 65_535) return { from, to };
      context.addIssue({ code: 'custom', message: portsMessage });
      return z.NEVER;
    }),
  /** Streams that are converted to H.264 at the same time; more wait. Each takes up to a core. */
  conversions: boundedNumber(/^\d{1,3}$/, 64, 'give a number from 0 to 64; 0 converts nothing').default(
    Math.max(1, availableParallelism()),
  ),
  /** Memory for the last minute of all streams, MiB. */
  replay_mb: boundedNumber(
    /^\d{1,5}$/,
    65_536,
    'give a number of MiB from 0 to 65536; 0 keeps no replay',
  ).default(512),
  log_level: z.enum(levels, `use one of ${levels.join(', ')}`).default('info'),
  /** Who signs that they have seen the public log: address and key each, such as `https://witness.example.org/ name+hash+key`. */
  witnesses: list('give an address and a key each, separated by commas').superRefine((given, context) => {
    try {
      parseWitnesses(given);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  }),
  /** Personal data in the record are kept so long, days; 0: for good. */
  record_days: boundedNumber(/^\d{1,5}$/, 36_500, 'give days from 0 to 36500; 0 keeps them for good').default(
    1_825,
  ),
  /** Where checkpoints of the public log are kept besides the database; better on another disk or machine. */
  witness_folder: filled('give a folder, such as /mnt/elsewhere/witness').optional(),
  /** Certificate and key, PEM. Both ports speak TLS then. */
  tls_cert: filled('give the path of the certificate, PEM').optional(),
  tls_key: filled('give the path of its key, PEM').optional(),
  /** Proxies whose word on address, scheme and host is believed. */
  trust_proxy: list('give addresses, separated by commas').refine(
    (networks) => networks.every((one) => readNetwork(one) !== null),
    'give addresses or networks such as 127.0.0.1 or 10.0.0.0/8, separated by commas',
  ),
  /** The server that takes mail for owners; without it, nobody is written to. */
  smtp_host: filled('give the name of the mail server, such as smtp.example.org').optional(),
  smtp_port: port.optional(),
  /** `starttls` (port 587) and `tls` (port 465) encrypt; `none` is for a mail server on this machine. */
  smtp_security: z.enum(['starttls', 'tls', 'none'], 'use starttls, tls or none').default('starttls'),
  smtp_user: filled('give the name to log in with').optional(),
  smtp_password: filled('give the password of the name').optional(),
  smtp_from: z
    .string('give the address that letters come from')
    .regex(
      /^([^<>\r\n@]{0,80}<[^@\s<>]{1,64}@[^@\s<>]{1,190}>|[^@\s<>]{1,64}@[^@\s<>]{1,190})$/,
      'give an address, such as wall@example.org or "Clerestory <wall@example.org>"',
    )
    .optional(),
  /** Where owners may have their notices sent to by webhook or push, written as `camera_networks`. */
  notice_networks: z
    .string('give networks, separated by commas')
    .default('public')
    .superRefine((value, context) => {
      try {
        parseCameraNetworks(value);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    }),
  /** Exactly the origins that people type, besides this machine's own address. */
  origins: list('give origins, separated by commas')
    .refine(
      (origins) => origins.every((one) => originPattern.test(one) && URL.canParse(one)),
      'give origins such as https://wall.example.org, separated by commas, without a path',
    )
    .transform((origins) => origins.map((one) => new URL(one).origin)),
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
  pushPorts: { from: number; to: number };
  /** Streams that are converted at the same time. */
  conversions: number;
  /** Memory for instant replay, MiB. */
  replayMb: number;
  logLevel: string;
  origins: string[];
  tls: TlsFiles | null;
  trustProxy: string[];
  /** null: no mail is set up. */
  mail: MailSettings | null;
  /** As the setting says it; see parseCameraNetworks. */
  noticeNetworks: string;
  /** Plain HTTP beyond loopback: only trusted proxies and this machine get an answer. */
  onlyProxied: boolean;
  /** See parseWitnesses. */
  witnesses: string[];
  witnessFolder: string;
  recordDays: number;
}

const guide = 'docs/guide/network.md has both ways';

/** What must hold together before anybody but this machine may reach the server. */
function faultsOfDoor({ host, tls_cert, tls_key, trust_proxy, origins }: z.infer<typeof Settings>): string[] {
  const faults: string[] = [];
  const fault = (key: string, words: string) => faults.push(`${prefix}${key}: ${words}`);
  const withTls = tls_cert !== undefined && tls_key !== undefined;
  const isGuarded = withTls || trust_proxy.length > 0;
  const beyond = !isLoopback(host);
  if (tls_cert === undefined && tls_key !== undefined)
    fault('TLS_CERT', 'give the certificate of the key too');
  if (tls_key === undefined && tls_cert !== undefined)
    fault('TLS_KEY', 'give the key of the certificate too');
  if (beyond && !isGuarded)
    fault(
      'HOST',
      `${host} is reached from the network, where passwords and pictures must not travel in the clear. Give a certificate (${prefix}TLS_CERT and ${prefix}TLS_KEY), or put a proxy in front and name its address (${prefix}TRUST_PROXY), or use 127.0.0.1; ${guide}`,
    );
  if (isGuarded && origins.length === 0 && (trust_proxy.length > 0 || isEvery(host)))
    fault('ORIGINS', 'name the address that people type, such as https://wall.example.org');
  const foreign = origins.filter((origin) => !isLoopback(new URL(origin).hostname));
  const plain = foreign.filter((origin) => !origin.startsWith('https:'));
  if (plain.length > 0)
    fault('ORIGINS', `${plain.join(', ')} would travel in the clear; give it an https address; ${guide}`);
  else if (foreign.length > 0 && !isGuarded)
    fault(
      'TRUST_PROXY',
      `${foreign.join(', ')} comes through a proxy: name its address, such as 127.0.0.1, or everybody would look like the proxy; ${guide}`,
    );
  return faults;
}

const smtpPorts = { starttls: 587, tls: 465, none: 25 } as const;

/** What must hold together before a letter can go out. */
function faultsOfMail(settings: z.infer<typeof Settings>): string[] {
  const { smtp_host, smtp_user, smtp_password, smtp_from, smtp_security, smtp_port } = settings;
  const faults: string[] = [];
  const fault = (key: string, words: string) => faults.push(`${prefix}${key}: ${words}`);
  if (smtp_host === undefined) {
    const given = Object.entries({ smtp_user, smtp_password, smtp_from, smtp_port })
      .filter(([, value]) => value !== undefined)
      .map(([key]) => prefix + key.toUpperCase());
    if (given.length > 0) fault('SMTP_HOST', `name the mail server that ${given.join(', ')} is for`);
    return faults;
  }
  if (smtp_from === undefined) fault('SMTP_FROM', 'give the address that letters come from');
  if (smtp_user !== undefined && smtp_password === undefined)
    fault('SMTP_PASSWORD', 'give the password of SMTP_USER');
  if (smtp_user === undefined && smtp_password !== undefined)
    fault('SMTP_USER', 'give the name that SMTP_PASSWORD belongs to');
  if (smtp_port === 0) fault('SMTP_PORT', 'give the port of the mail server, 1 to 65535');
  if (smtp_security === 'none' && !isLoopback(smtp_host))
    fault(
      'SMTP_SECURITY',
      `sign-in links would travel in the clear to ${smtp_host}; use starttls or tls, or a mail server on 127.0.0.1`,
    );
  return faults;
}

/** Settings that have to fit each other. */
const together: { keys: readonly string[]; faultsOf: (settings: z.infer<typeof Settings>) => string[] }[] = [
  { keys: ['host', 'tls_cert', 'tls_key', 'trust_proxy', 'origins'], faultsOf: faultsOfDoor },
  {
    keys: ['smtp_host', 'smtp_user', 'smtp_password', 'smtp_from', 'smtp_security', 'smtp_port'],
    faultsOf: faultsOfMail,
  },
];

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
  // What has to hold together is looked at where all of it can be read.
  const unread = new Set(parsed.error?.issues.map(({ path: [key] }) => key));
  const rest = Settings.safeParse(
    Object.fromEntries(Object.entries(values).filter(([key]) => !unread.has(key))),
  );
  for (const { keys, faultsOf } of together)
    if (rest.success && !keys.some((key) => unread.has(key))) faults.push(...faultsOf(rest.data));
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  const settings = parsed.data;
  const { host, tls_cert, tls_key, trust_proxy, origins } = settings;
  const tls =
    tls_cert === undefined || tls_key === undefined
      ? null
      : { certFile: path.resolve(cwd, tls_cert), keyFile: path.resolve(cwd, tls_key) };
  const dataDir = path.resolve(cwd, settings.data);
  return {
    host,
    port: settings.port,
    mediaPort: settings.media_port ?? null,
    dataDir,
    demo: settings.demo,
    ffmpegPath: settings.ffmpeg,
    warmMs: settings.warm_s * 1000,
    cameraNetworks: settings.camera_networks,
    pushPorts: settings.push_ports,
    conversions: settings.conversions,
    replayMb: settings.replay_mb,
    logLevel: settings.log_level,
    origins,
    tls,
    trustProxy: trust_proxy,
    mail:
      settings.smtp_host === undefined
        ? null
        : {
            host: settings.smtp_host,
            port: settings.smtp_port ?? smtpPorts[settings.smtp_security],
            security: settings.smtp_security,
            user: settings.smtp_user ?? null,
            password: settings.smtp_password ?? null,
            from: settings.smtp_from ?? '',
          },
    noticeNetworks: settings.notice_networks,
    onlyProxied: !isLoopback(host) && tls === null,
    witnesses: settings.witnesses,
    recordDays: settings.record_days,
    witnessFolder: path.resolve(cwd, settings.witness_folder ?? path.join(dataDir, 'witness')),
  };
}

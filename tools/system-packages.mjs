// Programs that come from the system's packages and not from npm.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const runs = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Ubuntu has Chromium as a snap alone; its packages of that name only say so. */
const chromiumByHand = 'npx playwright install --with-deps chromium';

/** Where Chromium may be, best first. One named in the settings is the only one asked. */
function* chromiumPlaces(env) {
  if (env.CLERESTORY_CHROMIUM) return yield env.CLERESTORY_CHROMIUM;
  yield* ['/usr/bin/chromium', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome'];
  yield '/usr/bin/chromium-browser';
  // What `chromiumByHand` brings; Playwright knows where it puts it.
  yield createRequire(import.meta.url)('@playwright/test').chromium.executablePath();
  // Last, since a snap sees neither our temporary folders nor hidden ones.
  yield '/snap/bin/chromium';
}

/** The Chromium that the tests start, or undefined. It has to run: Ubuntu's /usr/bin/chromium-browser may be a mere notice. */
export function findChromium(env = process.env) {
  for (const place of chromiumPlaces(env)) if (existsSync(place) && runs(place, ['--version'])) return place;
  return undefined;
}

/** The ffmpeg of the settings: of the environment, of the optional file, or the one in the PATH. The server judges the file. */
export function ffmpegPath(env = process.env) {
  if (env.CLERESTORY_FFMPEG) return env.CLERESTORY_FFMPEG;
  try {
    const { ffmpeg } = JSON.parse(readFileSync(env.CLERESTORY_CONFIG ?? 'clerestory.config.json', 'utf8'));
    return typeof ffmpeg === 'string' ? ffmpeg : 'ffmpeg';
  } catch {
    return 'ffmpeg';
  }
}

/** Where programs lie that a user's PATH may leave out. */
const systemFolders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];
const findSystem = (name) => systemFolders.map((folder) => `${folder}/${name}`).find(existsSync);

/** The proxy with which the guide's own file is tested, or in words how to get it. */
export function findProxy(name) {
  const program = findSystem(name);
  const { byHand } = planFor([name], distribution());
  return { program, missing: program ? '' : `${needs[name].what} is not here. Run: ${byHand}` };
}

const gstPython =
  "import gi; gi.require_version('GstRtspServer','1.0'); from gi.repository import GstRtspServer, Gst; Gst.init(None); assert all(Gst.ElementFactory.find(n) for n in ('rtph264pay','h264parse','parsebin','hlsdemux','souphttpsrc','openh264dec'))";

/**
 * Each need: how to see that it is there, Debian's and Ubuntu's packages for it, the setting that names another one, and
 * the distributions that have no such package, with what to run there.
 */
export const needs = {
  ffmpeg: {
    what: 'ffmpeg (reads cameras)',
    there: () => runs(ffmpegPath(), ['-version']),
    packages: ['ffmpeg'],
    setting: 'CLERESTORY_FFMPEG',
  },
  chromium: {
    what: 'Chromium (browser tests)',
    there: () => findChromium() !== undefined,
    packages: ['chromium'],
    setting: 'CLERESTORY_CHROMIUM',
    without: { ubuntu: chromiumByHand },
  },
  caddy: {
    what: 'Caddy (tests of docs/guide/Caddyfile)',
    there: () => findSystem('caddy') !== undefined,
    packages: ['caddy'],
  },
  nginx: {
    what: 'nginx (tests of docs/guide/nginx.conf)',
    there: () => findSystem('nginx') !== undefined,
    packages: ['nginx-light'],
  },
  openssl: {
    what: 'OpenSSL (makes certificates for tests)',
    there: () => runs('openssl', ['version']),
    packages: ['openssl'],
  },
  rtspServer: {
    what: 'the GStreamer RTSP server (test cameras; its HLS client is a test player)',
    there: () => runs('/usr/bin/python3', ['-c', gstPython]),
    packages: [
      'python3-gi',
      'gir1.2-gst-rtsp-server-1.0',
      'gir1.2-gstreamer-1.0',
      'gir1.2-gst-plugins-base-1.0',
      'gstreamer1.0-plugins-base',
      'gstreamer1.0-plugins-good',
      'gstreamer1.0-plugins-bad',
    ],
  },
};

/** The distribution's short name, such as `debian` or `ubuntu` (os-release(5)); '' where that is not told. */
export function distribution(file = '/etc/os-release') {
  if (!existsSync(file)) return '';
  return /^ID="?([a-z0-9._-]+)"?$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
}

/** For what is missing on a distribution: the packages to install, and the one line that a person would run. */
export function planFor(missing, system) {
  const elsewhere = missing.flatMap((name) => needs[name].without?.[system] ?? []);
  const packages = missing
    .filter((name) => !needs[name].without?.[system])
    .flatMap((name) => needs[name].packages);
  const apt = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  return { packages, byHand: [...(packages.length > 0 ? [apt] : []), ...elsewhere].join(' && ') };
}

/** As root, or with a sudo that asks nothing; null where neither is to be had. */
function rightsPrefix() {
  if (process.getuid?.() === 0) return [];
  return runs('sudo', ['-n', 'true']) ? ['sudo', '-n'] : null;
}

function install(packages, prefix) {
  process.stdout.write(`Installing from the system's packages: ${packages.join(' ')} …\n`);
  const apt = (...args) => {
    const [command, ...more] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
    const run = spawnSync(command, more, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    if (run.status !== 0)
      process.stderr.write(`${(run.stderr || run.stdout || '').trim().split('\n').slice(-3).join('\n')}\n`);
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
}

/**
 * Makes sure that the named needs are there, installing what is missing where that is possible.
 * Returns the one line to run by hand, or null when all is there.
 */
export function ensure(names) {
  const missing = names.filter((name) => !needs[name].there());
  if (missing.length === 0) return null;
  for (const { setting } of missing.map((name) => needs[name]))
    if (setting && process.env[setting])
      return `${setting}=${process.env[setting]} is not a program that runs. Correct it, or unset it.`;
  const { packages, byHand } = planFor(missing, distribution());
  const prefix = rightsPrefix();
  const tried = packages.length > 0 && prefix !== null && runs('apt-get', ['--version']);
  if (tried) install(packages, prefix);
  const still = missing.filter((name) => !needs[name].there());
  if (still.length === 0) return null;
  const what = still.map((name) => needs[name].what).join(', ');
  return tried
    ? `Still missing: ${what}. Run: ${planFor(still, distribution()).byHand}`
    : `Missing: ${what}. Run: ${byHand}`;
}

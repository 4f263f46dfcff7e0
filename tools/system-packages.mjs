// Programs that come from the system's packages and not from npm.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const runs = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Where Chromium may be, best first. */
export function findChromium() {
  const places = [
    process.env.CLERESTORY_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  return places.find((place) => place && existsSync(place));
}

const gstPython =
  "import gi; gi.require_version('GstRtspServer','1.0'); from gi.repository import GstRtspServer, Gst; Gst.init(None); assert all(Gst.ElementFactory.find(n) for n in ('rtph264pay','h264parse','parsebin'))";

/** Each need: how to see that it is there, and Debian's and Ubuntu's packages for it. */
export const needs = {
  ffmpeg: {
    what: 'ffmpeg (reads cameras)',
    there: () => runs(process.env.CLERESTORY_FFMPEG ?? 'ffmpeg', ['-version']),
    packages: ['ffmpeg'],
  },
  chromium: {
    what: 'Chromium (browser tests)',
    there: () => findChromium() !== undefined,
    packages: ['chromium'],
  },
  rtspServer: {
    what: 'the GStreamer RTSP server (test cameras)',
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

/** As root, or with a sudo that asks nothing; null where neither is to be had. */
function rightsPrefix() {
  if (process.getuid?.() === 0) return [];
  return runs('sudo', ['-n', 'true']) ? ['sudo', '-n'] : null;
}

/**
 * Makes sure that the named needs are there, installing what is missing where that is possible.
 * Returns the one line to run by hand, or null when all is there.
 */
export function ensure(names) {
  const missing = names.filter((name) => !needs[name].there());
  if (missing.length === 0) return null;
  if (missing.includes('ffmpeg') && process.env.CLERESTORY_FFMPEG)
    return `CLERESTORY_FFMPEG=${process.env.CLERESTORY_FFMPEG} is not a program that runs. Correct it, or unset it.`;
  const packages = missing.flatMap((name) => needs[name].packages);
  const byHand = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const what = missing.map((name) => needs[name].what).join(', ');
  const prefix = rightsPrefix();
  if (prefix === null || !runs('apt-get', ['--version'])) return `Missing: ${what}. Run: ${byHand}`;
  process.stdout.write(`Installing from the system's packages: ${packages.join(' ')} …\n`);
  const apt = (...args) => {
    const [command, ...more] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
    const run = spawnSync(command, more, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    if (run.status !== 0)
      process.stderr.write(`${(run.stderr || run.stdout || '').trim().split('\n').slice(-3).join('\n')}\n`);
    return run.status === 0;
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
  const still = missing.filter((name) => !needs[name].there());
  return still.length === 0
    ? null
    : `Still missing: ${still.map((name) => needs[name].what).join(', ')}. Run: ${byHand}`;
}

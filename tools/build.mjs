// Builds the pages and the server, each when its sources changed since it was built last.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What is built: of which sources, by which command, and which file says of what it was built last. */
const parts = [
  {
    name: 'pages',
    sources: [
      'apps/wall/src',
      'apps/wall/public',
      'apps/wall/index.html',
      'apps/wall/screen.html',
      'apps/portal/src',
      'apps/portal/public',
      'apps/portal/index.html',
      'packages',
      'vite.config.ts',
      'package-lock.json',
    ],
    args: [],
    made: ['apps/wall/dist/index.html', 'apps/portal/dist/index.html'],
    stamp: 'apps/wall/dist/.sources',
  },
  {
    name: 'server',
    sources: ['apps/server/src', 'packages', 'apps/server/vite.config.ts', 'package-lock.json'],
    args: ['apps/server'],
    made: ['apps/server/dist/main.js', 'apps/server/dist/media/main.js'],
    stamp: 'apps/server/dist/.sources',
  },
];

/** The server as it was built. */
export const serverMain = path.join(root, 'apps/server/dist/main.js');

function* filesBelow(place) {
  for (const entry of readdirSync(place, { withFileTypes: true, recursive: true }))
    if (entry.isFile() && !entry.parentPath.includes('node_modules'))
      yield path.join(entry.parentPath, entry.name);
}

function fingerprint(sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    const place = path.join(root, source);
    if (!existsSync(place)) continue;
    const files = /\.\w+$/.test(source) ? [place] : [...filesBelow(place)].sort();
    for (const file of files)
      hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function buildPart({ name, sources, args, made, stamp }) {
  const now = fingerprint(sources);
  const place = path.join(root, stamp);
  const there = [...made, stamp].every((file) => existsSync(path.join(root, file)));
  if (there && readFileSync(place, 'utf8') === now) return true;
  process.stdout.write(`Building the ${name} …\n`);
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const run = spawnSync(process.execPath, [vite, 'build', ...args, '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (run.status !== 0) {
    process.stderr.write(`The ${name} could not be built; the reason is above.\n`);
    return false;
  }
  writeFileSync(place, now);
  return true;
}

/** True when pages and server are built and up to date afterwards; otherwise it has said why not. */
export const build = () => parts.every(buildPart);

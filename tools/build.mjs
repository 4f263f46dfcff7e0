// Builds the pages when their sources changed since the last build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = [
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
];
const stamp = path.join(root, 'apps/wall/dist/.sources');

function* filesBelow(place) {
  for (const entry of readdirSync(place, { withFileTypes: true, recursive: true }))
    if (entry.isFile() && !entry.parentPath.includes('node_modules'))
      yield path.join(entry.parentPath, entry.name);
}

function fingerprint() {
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

/** True when the pages are built and up to date afterwards. */
export function build() {
  const now = fingerprint();
  const built = existsSync(path.join(root, 'apps/portal/dist/index.html'));
  if (built && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return true;
  process.stdout.write('Building the pages …\n');
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const run = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (run.status !== 0) return false;
  writeFileSync(stamp, now);
  return true;
}

import { existsSync } from 'node:fs';
import path from 'node:path';

/** This module as it was built is one of few large files, elsewhere than its source. */
const built = !import.meta.filename.endsWith('.ts');

function findRoot(): string {
  let dir = import.meta.dirname;
  while (!existsSync(path.join(dir, 'package-lock.json'))) {
    const above = path.dirname(dir);
    if (above === dir) throw new Error(`${import.meta.dirname} lies outside of the project`);
    dir = above;
  }
  return dir;
}

/** The project's top folder. */
export const root = findRoot();

/** The program of the media process: built when this one is. */
export const mediaMain = path.join(
  root,
  built ? 'apps/server/dist/media/main.js' : 'apps/server/src/media/main.ts',
);

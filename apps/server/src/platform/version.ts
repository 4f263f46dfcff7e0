import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './places.ts';

/** The version in the root package.json. */
export const version: string = (
  JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  }
).version;

import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Where a program is, by its name or path; null when it is not there. */
export function findProgram(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter).concat('/usr/bin')) {
    const file = path.resolve(name.includes(path.sep) ? '' : folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return null;
}

/** Of util-linux, which every Debian and Ubuntu has; null where it is missing. */
export const findSetpriv = (): string | null => findProgram('setpriv');

/**
 * What to start so that the program dies with this process, even when this one is killed with SIGKILL and the program
 * itself stands still: the kernel sees to it (PR_SET_PDEATHSIG, prctl(2)). Without `setpriv` the program as it is.
 */
export function dyingWithUs(
  program: string,
  args: readonly string[],
  setpriv: string | null,
): [file: string, args: string[]] {
  return setpriv ? [setpriv, ['--pdeathsig', 'KILL', '--', program, ...args]] : [program, [...args]];
}

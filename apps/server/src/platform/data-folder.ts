import { accessSync, constants, mkdirSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';

const look = (place: string): Stats | undefined => statSync(place, { throwIfNoEntry: false });

/**
 * As `mkdir -p`, one folder at a time: Node's own `recursive` never returns where the system answers every attempt with
 * ENOENT, as below /proc.
 */
function makeFolder(folder: string): void {
  if (look(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

const another = 'or set CLERESTORY_DATA to another folder';

/**
 * Makes the data folder (an absolute path) unless it is there, readable for its owner alone.
 * @returns null, or why it cannot be used and what to do.
 */
export function prepareDataFolder(folder: string): string | null {
  try {
    makeFolder(folder);
    if (!look(folder)?.isDirectory()) return `The data folder ${folder} is a file. Move it away, ${another}.`;
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      return `This user may not write to the data folder ${folder}. Change its rights, ${another}.`;
    if (code === 'ENOTDIR')
      return `A part of the data folder's path ${folder} is a file. Correct it, ${another}.`;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return `The disk of ${folder} is full. Free some space and start again; nothing was lost.`;
    return `The data folder ${folder} cannot be made (${code ?? 'unknown fault'}). Correct its path, ${another}.`;
  }
}

import type { Inits } from './inits.ts';
import { mediaType, parseName } from './playlist.ts';
import type { Ring } from './ring.ts';
import type { Resource } from './types.ts';

/** What names may stand for at this moment. */
export interface Shelf {
  ring: Ring;
  inits: Inits;
  nextMsn: number;
  /** The playlist has parts, so that one that is not there yet may be waited for. */
  hasParts: boolean;
}

/**
 * The bytes behind a name from a playlist; `wait` for the next part, which has no bytes yet; null for what is not
 * there (404). A name never stands for two different bodies.
 */
export function findResource(
  { ring, inits, nextMsn, hasParts }: Shelf,
  name: string,
): Resource | 'wait' | null {
  const asked = parseName(name);
  if (!asked) return null;
  if (asked.kind === 'init') {
    const init = inits.find(asked.generation);
    return init ? { kind: 'init', bytes: [init.bytes], contentType: mediaType } : null;
  }
  if (asked.kind === 'segment') {
    const segment = ring.find(asked.msn);
    if (!segment) return null;
    const bytes = segment.entries.map((entry) => entry.chunk.bytes);
    return { kind: 'segment', bytes, contentType: mediaType };
  }
  const segment = ring.open?.msn === asked.msn ? ring.open : ring.find(asked.msn);
  const part = segment?.parts?.[asked.part];
  if (segment && part)
    return { kind: 'part', bytes: inits.partBytes(part, segment.generation), contentType: mediaType };
  if (!hasParts) return null;
  const next = segment !== null && segment === ring.open && asked.part === segment.parts?.length;
  const first = asked.msn === nextMsn && asked.part === 0;
  return next || first ? 'wait' : null;
}

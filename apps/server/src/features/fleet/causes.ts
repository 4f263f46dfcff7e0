import { createHash } from 'node:crypto';
import type { HealthState, Outage, OutageCause } from '@clerestory/protocol';

/** One camera without pictures, once. */
export interface CameraOutage {
  camera: string;
  state: HealthState;
  reason: string;
  from: number;
  until: number | null;
}

/** Where a camera is, as far as causes go. None of it is told. */
export interface Whereabouts {
  /** Name or address of what it is reached at; null for one of ours. */
  host: string | null;
  site: string;
}

/** Outages that begin within this time of one another may be one, ms. */
export const togetherMs = 60_000;
/** So many of one network or site at once are no accident. */
const fewest = { host: 2, network: 3, site: 3 } as const;
/** An outage that is shorter is not worth a notice, ms. */
export const noticeAfterMs = 60_000;

/** The first three numbers of an IPv4 address; names and other addresses have none. */
const networkOf = (host: string | null): string | null =>
  /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(host ?? '')?.[1] ?? null;

const idOf = (kind: string, outages: readonly CameraOutage[]): string =>
  createHash('sha256')
    .update([kind, ...outages.map(({ camera, from }) => `${camera} ${from}`).sort()].join('\n'))
    .digest('hex')
    .slice(0, 16);

function outageOf(cause: OutageCause, parts: readonly CameraOutage[]): Outage {
  const first = parts.reduce((a, b) => (b.from < a.from ? b : a));
  const lasts = parts.some(({ until }) => until === null);
  return {
    id: idOf(cause.kind, parts),
    cause,
    cameras: parts.map(({ camera }) => camera).sort(),
    state: first.state,
    reason: first.reason,
    from: first.from,
    until: lasts ? null : Math.max(...parts.map(({ until }) => until ?? 0)),
  };
}

/** Those that begin together, oldest first. */
function waves(outages: readonly CameraOutage[]): CameraOutage[][] {
  const found: CameraOutage[][] = [];
  for (const outage of [...outages].sort((a, b) => a.from - b.from)) {
    const wave = found.at(-1);
    if (wave?.[0] && outage.from - wave[0].from <= togetherMs) wave.push(outage);
    else found.push([outage]);
  }
  return found;
}

/**
 * Outages by what they most likely have in common: our own server, one host, one network, one site; alone what is left.
 * Each camera counts for the first that fits. Newest first.
 */
export function groupOutages(
  outages: readonly CameraOutage[],
  whereOf: (camera: string) => Whereabouts,
  ours: (reason: string) => boolean,
): Outage[] {
  const found: Outage[] = [];
  for (const wave of waves(outages)) {
    let left = wave;
    const take = (
      kind: 'host' | 'network' | 'site',
      keyOf: (outage: CameraOutage) => string | null,
      wordsOf: (count: number, key: string) => string,
    ) => {
      for (const [key, parts] of Map.groupBy(left, keyOf)) {
        if (key === null || key === '' || new Set(parts.map(({ camera }) => camera)).size < fewest[kind])
          continue;
        found.push(outageOf({ kind, words: wordsOf(parts.length, key) }, parts));
        left = left.filter((outage) => !parts.includes(outage));
      }
    };
    const mine = left.filter(({ reason }) => ours(reason));
    if (mine.length > 0)
      found.push(
        outageOf(
          { kind: 'server', words: 'The media node of this server. The cameras are not at fault' },
          mine,
        ),
      );
    left = left.filter((outage) => !mine.includes(outage));
    take(
      'host',
      ({ camera }) => whereOf(camera).host,
      (count) => `${count} cameras of one recorder or host`,
    );
    take(
      'network',
      ({ camera }) => networkOf(whereOf(camera).host),
      (count) => `${count} cameras of one network`,
    );
    take(
      'site',
      ({ camera }) => whereOf(camera).site,
      (count, site) => `${count} cameras at ${site}`,
    );
    for (const outage of left) found.push(outageOf({ kind: 'camera', words: 'This camera alone' }, [outage]));
  }
  return found.sort((a, b) => b.from - a.from);
}

import { createHash } from 'node:crypto';
import { silentLog, systemClock } from '../apps/server/src/media/clock.ts';
import { GrantTable } from '../apps/server/src/media/grants.ts';
import type { Table } from './table.ts';

const viewers = 200;
const camerasEach = 16;
const warmRounds = 50;

/** Microseconds for one chunk, over rounds in which each view is asked for and counted once. */
export interface GateFigures {
  views: number;
  rounds: number;
  p50Us: number;
  p99Us: number;
  worstUs: number;
}

/**
 * What asking for a chunk costs: 200 push sockets of 16 cameras each, all under grants, asked and counted in turn, as the
 * media node does for each chunk before it leaves.
 */
export function measureGate(rounds: number): GateFigures {
  const table = new GrantTable(systemClock, silentLog);
  const keys = Array.from({ length: viewers }, (_, n) =>
    createHash('sha256').update(`${n}`).digest('base64url'),
  );
  table.setAll({
    sequence: 1,
    keys,
    grants: keys.flatMap((key, n) =>
      Array.from({ length: camerasEach }, (_, camera) => ({
        ...{ id: `g-${n}-${camera}`, key, camera: `camera-${camera}`, scope: 'live' as const },
        leftMs: 3_600_000,
        private: camera % 2 === 0,
      })),
    ),
  });
  const asked = keys.flatMap((key, n) => {
    table.enter(`push-${n}`, [key], { gone: () => undefined, ended: () => undefined });
    return Array.from({ length: camerasEach }, (_, camera) => ({
      viewer: `push-${n}`,
      camera: `camera-${camera}`,
    }));
  });
  let no = 0;
  const round = (): number => {
    const startMs = performance.now();
    for (const { viewer, camera } of asked) {
      if (!table.mayView({ viewer, camera, stream: 'sub', grant: '', door: 'push' }).ok) no += 1;
      table.sent({ viewer, camera, stream: 'sub', door: 'push' }, 20_000);
    }
    return ((performance.now() - startMs) * 1000) / asked.length;
  };
  for (let warm = 0; warm < warmRounds; warm++) round();
  const each = Array.from({ length: rounds }, round).sort((a, b) => a - b);
  table.stop();
  if (no > 0) throw new Error(`${no} were refused`);
  const at = (share: number) => Math.round((each[Math.floor(share * (rounds - 1))] ?? 0) * 100) / 100;
  return { views: asked.length, rounds, p50Us: at(0.5), p99Us: at(0.99), worstUs: at(1) };
}

export async function benchGate(rounds: number): Promise<Table> {
  const figures = measureGate(rounds);
  const { views, p50Us, p99Us, worstUs } = figures;
  return {
    ...{ name: 'gate', title: 'Asking the gate for a chunk', figures },
    note: `A chunk is asked for and counted, as before it leaves, over ${views.toLocaleString('en')} views under grants; ${rounds} rounds. Aim: at most 2 µs.`,
    columns: ['p50 µs', 'p99 µs', 'worst round µs'],
    rows: [[p50Us, p99Us, worstUs]],
  };
}

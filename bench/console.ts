import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { slopePerHour } from '../tools/soak/vitals.ts';
import type { Table } from './table.ts';

/** What `tools/soak/console.ts` writes down each minute. */
interface Sample {
  atMs: number;
  heapMb: number;
  nodes: number;
  listeners: number;
  detached: number;
  browserMb: number;
  controlMb: number;
}
export interface ConsoleFigures {
  minutes: number;
  steps: number;
  missed: number;
  samples: Sample[];
}

const program = path.resolve(import.meta.dirname, '../tools/soak/console.ts');
/** What a page needs at first is not growth, ms. */
const settledMs = 5 * 60_000;

const lines: readonly [name: string, of: keyof Sample][] = [
  ['page: heap after collecting, MB', 'heapMb'],
  ['page: DOM nodes', 'nodes'],
  ['page: event listeners', 'listeners'],
  ['page: nodes that are in no page any more', 'detached'],
  ['browser, all processes, MB', 'browserMb'],
  ['control server, MB', 'controlMb'],
];

/** A console at scripted work for so long, in a process of its own. */
export async function measureConsole(minutes: number): Promise<ConsoleFigures> {
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-console-'));
  try {
    const file = path.join(dir, 'console.json');
    const child = spawn(process.execPath, [program, '--minutes', String(minutes), '--json', file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`the work at the console ended with ${String(code)}`);
    return { minutes, ...(JSON.parse(readFileSync(file, 'utf8')) as Omit<ConsoleFigures, 'minutes'>) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export async function benchConsole(minutes: number): Promise<Table> {
  const figures = await measureConsole(minutes);
  const { steps, missed, samples } = figures;
  const late = samples.filter(({ atMs }) => atMs >= (samples[0]?.atMs ?? 0) + settledMs);
  const counted = late.length > 0 ? late : samples;
  const [first, last] = [counted[0], counted.at(-1)];
  const shown = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? '' : value.toFixed(1);
  return {
    name: 'console',
    title: 'A console at work, and what it holds in memory',
    note: `${minutes} minutes, ${steps} steps of what a supervisor does by mouse and keys (${missed} missed), one each second and a half; garbage is collected before each look. The first five minutes are left out of a longer run.`,
    columns: ['what', 'first', 'last', 'per hour'],
    rows: lines.map(([name, of]) => [
      ...[name, shown(first?.[of]), shown(last?.[of])],
      shown(slopePerHour(counted.map((one) => ({ atMs: one.atMs, value: one[of] })))),
    ]),
    figures,
  };
}

import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc (sysconf(_SC_CLK_TCK); 100 on every Linux that we know). */
const ticksPerSecond = 100;

interface Process {
  pid: number;
  parent: number;
  name: string;
  cpuS: number;
}

/** All processes with their CPU time so far, ended children that were waited for included in their parent's. */
function allProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const close = stat.lastIndexOf(')');
        const fields = stat
          .slice(close + 2)
          .split(' ')
          .map(Number);
        // Fields 14 and 15 of proc(5), counted from the state, which is field 3.
        const [user = 0, system = 0] = fields.slice(11, 13);
        return {
          pid: Number(name),
          parent: fields[1] ?? 0,
          name: stat.slice(stat.indexOf('(') + 1, close),
          cpuS: (user + system) / ticksPerSecond,
        };
      } catch {
        return [];
      }
    });
}

/** `root` and all its descendants. */
function treeOf(root: number, all: readonly Process[]): Process[] {
  const tree = all.filter(({ pid }) => pid === root);
  for (let index = 0; index < tree.length; index++)
    tree.push(...all.filter(({ parent }) => parent === tree[index]?.pid));
  return tree;
}

export interface CpuSample {
  atMs: number;
  byPid: Map<number, { name: string; cpuS: number }>;
}

/** CPU time of the processes below the given roots. */
export function sampleCpu(roots: readonly number[]): CpuSample {
  const all = allProcesses();
  const byPid = new Map(
    roots.flatMap((root) => treeOf(root, all)).map(({ pid, name, cpuS }) => [pid, { name, cpuS }]),
  );
  return { atMs: performance.now(), byPid };
}

/** Cores used between two samples by processes whose name passes `matches`. */
export function coresUsed(
  before: CpuSample,
  after: CpuSample,
  matches: (name: string) => boolean = () => true,
): number {
  let cpuS = 0;
  for (const [pid, { name, cpuS: now }] of after.byPid)
    if (matches(name)) cpuS += now - (before.byPid.get(pid)?.cpuS ?? 0);
  return cpuS / ((after.atMs - before.atMs) / 1000);
}

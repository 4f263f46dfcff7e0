import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { descendants } from '../../tools/harness/server-process.ts';

/** How often the processes are looked at, ms. */
const everyMs = 150;
/** An ended process whose parent has not asked for its end after this time is a zombie, ms. */
const zombieMs = 1_500;

/** Watches the ffmpegs below a process until `stop`, which tells what was wrong: nothing, if all is well. */
export function watchFfmpegs(pid: number, cameraPorts: readonly number[]): { stop(): string[] } {
  const faults = new Set<string>();
  const endedSince = new Map<number, number>();
  const look = () => {
    const ports = descendants(pid, 'ffmpeg').flatMap((one) => peerPorts(one));
    for (const port of cameraPorts) {
      const readers = ports.filter((peer) => peer === port).length;
      if (readers > 1) faults.add(`${readers} ffmpegs for the camera at port ${port}`);
    }
    const ended = descendants(pid).filter((one) => stateOf(one) === 'Z');
    for (const one of endedSince.keys()) if (!ended.includes(one)) endedSince.delete(one);
    for (const one of ended) {
      if (!endedSince.has(one)) endedSince.set(one, performance.now());
      if (performance.now() - (endedSince.get(one) ?? 0) > zombieMs) faults.add(`process ${one} is a zombie`);
    }
  };
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      look();
      return [...faults];
    },
  };
}

/** One letter, as in proc(5); '' when it is gone. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return '';
  }
}

/** Ports at the far ends of a process's open IPv4 connections, from its descriptors and /proc/net/tcp. */
function peerPorts(pid: number): number[] {
  try {
    const inodes = new Set(
      readdirSync(`/proc/${pid}/fd`).map(
        (fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1],
      ),
    );
    return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[9] !== undefined && inodes.has(fields[9]))
      .map((fields) => Number.parseInt(fields[2]?.split(':')[1] ?? '', 16));
  } catch {
    // It ended while it was looked at.
    return [];
  }
}

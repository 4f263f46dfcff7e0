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
    const lines = descendants(pid, 'ffmpeg').flatMap(connectionsOf);
    for (const port of cameraPorts) {
      const found = lines.filter(({ to }) => to === port);
      if (found.length < 2) continue;
      // They were looked at one after the other: what is still there now was there while the last was.
      const still = found.filter(({ by, inode }) => connectionsOf(by).some((one) => one.inode === inode));
      const readers = new Set([...still, ...found.slice(-1)].map(({ by, inode }) => `${by}, ${inode}`));
      if (readers.size > 1)
        faults.add(`ffmpegs for the camera at port ${port} (process, socket): ${[...readers].join('; ')}`);
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

interface Connection {
  /** Process id. */
  by: number;
  inode: string;
  /** Port at the far end. */
  to: number;
}

/** A process's open IPv4 connections, from its descriptors and /proc/net/tcp. */
function connectionsOf(by: number): Connection[] {
  try {
    const inodes = new Set(
      readdirSync(`/proc/${by}/fd`).map(
        (fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${by}/fd/${fd}`))?.[1],
      ),
    );
    return readFileSync(`/proc/${by}/net/tcp`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .flatMap(({ 2: far, 9: inode }) =>
        inode !== undefined && inodes.has(inode)
          ? [{ by, inode, to: Number.parseInt(far?.split(':')[1] ?? '', 16) }]
          : [],
      );
  } catch {
    // It ended while it was looked at.
    return [];
  }
}

/**
 * Draws the demo city: `node render-cli.ts <dir> [scene…] [--ffmpeg path] [--jobs 2]`.
 * One JSON line for each finished scene. Ends when the pipe at its standard input closes, that is, with its parent.
 */
import { fstatSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { city } from './city.ts';
import { isRendered } from './files.ts';

const mostJobs = 4;
/** Drawing yields to everything else on the machine. */
const niceness = 10;

type WorkerAnswer = { scene: string; ms: number } | { scene: string; error: string };

function arguments_(): { dir: string; scenes: string[]; ffmpegPath: string; jobs: number } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ffmpeg: { type: 'string', default: 'ffmpeg' }, jobs: { type: 'string', default: '2' } },
  });
  const [dir, ...named] = positionals;
  if (!dir) throw new Error('give the folder for the files: render-cli.ts <dir> [scene…] [--ffmpeg path]');
  const all = city().cameras.map(({ scene }) => scene);
  const unknown = named.filter((scene) => !all.includes(scene));
  if (unknown.length > 0)
    throw new Error(`no such scene: ${unknown.join(', ')}. There are: ${all.join(', ')}`);
  const jobs = Math.min(mostJobs, Math.max(1, Math.trunc(Number(values.jobs)) || 1));
  return { dir, scenes: named.length > 0 ? named : all, ffmpegPath: values.ffmpeg, jobs };
}

function endWithParent(): void {
  const input = fstatSync(0);
  if (!input.isFIFO() && !input.isSocket()) return;
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
  process.stdin.resume();
  process.stdin.unref();
}

/** Unfinished files of a run that was cut off, unless their process still lives. */
async function sweep(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const pid = /\.mp4\.(\d+)\.part$/.exec(name)?.[1];
    if (pid === undefined) continue;
    try {
      process.kill(Number(pid), 0);
    } catch {
      await rm(join(dir, name), { force: true });
    }
  }
}

async function main(): Promise<void> {
  const { dir, scenes, ffmpegPath, jobs } = arguments_();
  endWithParent();
  os.setPriority(niceness);
  await mkdir(dir, { recursive: true });
  await sweep(dir);
  const say = (line: object) => process.stdout.write(JSON.stringify(line) + '\n');
  const wanted: string[] = [];
  for (const scene of scenes) if (!(await isRendered(dir, scene))) wanted.push(scene);
  const of = scenes.length;
  let done = of - wanted.length;
  if (wanted.length === 0) return;
  await Promise.all(
    Array.from({ length: Math.min(jobs, wanted.length) }, async () => {
      const worker = new Worker(new URL('./render-worker.ts', import.meta.url), {
        workerData: { dir, ffmpegPath },
      });
      for (let scene = wanted.shift(); scene !== undefined; scene = wanted.shift()) {
        const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
          worker.postMessage(scene);
        });
        if ('error' in answer) {
          process.exitCode = 1;
          say(answer);
        } else say({ ...answer, done: ++done, of });
      }
      await worker.terminate();
    }),
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

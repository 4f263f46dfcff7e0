import { spawn } from 'node:child_process';
import { startFarm } from './farm.ts';
import { makeClockClip } from './clips.ts';
await makeClockClip({ path: '/tmp/mn/clock.mp4', camera: 7, seconds: 6, width: 640, height: 360, fps: 15, gopS: 1 });
const farm = await startFarm({ mounts: { a: process.argv[2] ?? '/tmp/mn/a.mp4' } });
const one = (inner: string[], outer: string[]) => new Promise<number[]>((resolve) => {
  const t0 = performance.now();
  const c = spawn('ffmpeg', ['-hide_banner', '-nostats', '-loglevel', 'error', '-f', 'concat', '-safe', '0', '-protocol_whitelist', 'pipe,tcp,udp,rtp,rtsp', ...outer, '-i', 'pipe:0', '-map', '0:v:0', '-an', '-c:v', 'copy', '-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '200000', '-flush_packets', '1', 'pipe:1']);
  c.stdin.end(['ffconcat version 1.0', `file '${farm.url('a')}'`, 'option rtsp_transport tcp', 'option timeout 5000000', ...inner, ''].join('\n'));
  const at: number[] = [];
  c.stderr.on('data', (d) => process.stderr.write(d));
  c.stdout.on('data', () => { at.push(Math.round(performance.now() - t0)); if (at.length === 2) { c.kill('SIGKILL'); } });
  c.on('close', () => resolve(at));
});
const P = ['-probesize', '32768', '-analyzeduration'];
const variants: Record<string, [string[], string[]]> = {
  asIs: [['option probesize 32768', 'option analyzeduration 500000'], [...P, '500000']],
  fps0: [['option probesize 32768', 'option analyzeduration 500000', 'option fpsprobesize 0'], [...P, '500000', '-fpsprobesize', '0']],
  a100: [['option probesize 32768', 'option analyzeduration 100000', 'option fpsprobesize 0'], [...P, '100000', '-fpsprobesize', '0']],
  a1: [['option probesize 32', 'option analyzeduration 1', 'option fpsprobesize 0'], ['-probesize', '32', '-analyzeduration', '1', '-fpsprobesize', '0']],
};
for (const [name, [i, o]] of Object.entries(variants)) { const r: number[][] = []; for (let k = 0; k < 6; k++) { r.push(await one(i, o)); await new Promise((f) => setTimeout(f, 130)); } console.log(name, JSON.stringify(r)); }
await farm.close();

import { spawn } from 'node:child_process';

/** How the media node lets ffmpeg write. */
export const fragmented = [
  ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  ...['-frag_duration', '200000', '-flush_packets', '1', 'pipe:1'],
];

/** Runs ffmpeg to its end and returns what it wrote; `stdin` is fed to it. Throws with its last words on failure. */
export function ffmpeg(args: string[], stdin?: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...args]);
    const out: Buffer[] = [];
    let words = '';
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => (words += data.toString()));
    child.on('error', reject);
    child.stdin.on('error', () => {});
    child.stdin.end(stdin ?? new Uint8Array(0));
    child.on('close', (code) => {
      if (code === 0 && words === '') resolve(new Uint8Array(Buffer.concat(out)));
      else reject(new Error(`ffmpeg ended with ${code}: ${words.slice(-500)}`));
    });
  });
}

/** A moving test picture as fragmented MP4. `gop` in frames. */
export function testVideo(options: { fps: string; gop: number; seconds: number; codec?: string[] }) {
  const { fps, gop, seconds, codec = ['-c:v', 'libx264', '-preset', 'ultrafast'] } = options;
  const source = ['-f', 'lavfi', '-i', `testsrc2=size=160x96:rate=${fps}:duration=${seconds}`];
  const keys = ['-g', String(gop), '-keyint_min', String(gop), '-sc_threshold', '0', '-pix_fmt', 'yuv420p'];
  return ffmpeg([...source, ...codec, ...keys, '-an', ...fragmented]);
}

/** A tone as fragmented MP4, encoded as the media node does. */
export function testSound({ seconds }: { seconds: number }) {
  const source = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}:sample_rate=48000`];
  return ffmpeg([...source, '-ac', '1', '-c:a', 'aac', '-b:a', '64k', ...fragmented]);
}

/** Frames that a decoder finds in an MP4, with their presentation times in the container's time base. */
export async function decodedFrames(mp4: Uint8Array): Promise<{ time: string; hash: string }[]> {
  const args = ['-f', 'mp4', '-i', 'pipe:0', '-map', '0:v', '-fps_mode', 'passthrough', '-copyts'];
  const text = new TextDecoder().decode(await ffmpeg([...args, '-f', 'framemd5', 'pipe:1'], mp4));
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => field.trim()))
    .map((fields) => ({ time: fields[2] ?? '', hash: fields[5] ?? '' }));
}

export function concat(arrays: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(arrays));
}

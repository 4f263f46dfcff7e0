/** What the tests of sound share. */
import { execFileSync } from 'node:child_process';

const rateHz = 8_000;

/** The pitch of a tone in fragmented MP4, by how often it goes up through zero. */
export function loudestHz(mp4: Uint8Array): number {
  const raw = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-ac', '1', '-ar', String(rateHz), '-f', 's16le', 'pipe:1'],
    { input: mp4 },
  );
  const samples = new Int16Array(raw.buffer, raw.byteOffset, Math.floor(raw.length / 2));
  // Encoders begin and end with a little silence.
  const middle = samples.subarray(Math.round(samples.length / 4), Math.round((samples.length * 3) / 4));
  let rises = 0;
  for (let at = 1; at < middle.length; at++)
    if ((middle[at - 1] ?? 0) < 0 && (middle[at] ?? 0) >= 0) rises += 1;
  return rises / (middle.length / rateHz);
}

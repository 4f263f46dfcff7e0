import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** HLS players that are not ours: ffmpeg's, and both of GStreamer's. */
export const playerNames = ['ffmpeg', 'hlsdemux', 'hlsdemux2'] as const;
export type PlayerName = (typeof playerNames)[number];

/** The system's Python: the GStreamer bindings are system packages. */
const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('gstreamer.py', import.meta.url));

export interface Player {
  /** What it complained of; empty while all is well. */
  said(): string;
  running(): boolean;
  close(): Promise<void>;
}

function commandOf(name: PlayerName, address: string): [string, string[]] {
  if (name !== 'ffmpeg') return [python, [script, name, address]];
  const input = ['-hide_banner', '-nostdin', '-v', 'error', '-err_detect', 'explode', '-i', address];
  return ['ffmpeg', [...input, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1']];
}

/** Plays a live address until it is closed; each decoded picture, RGBA, is handed to `onPicture` and then used again. */
export function startPlayer(
  name: PlayerName,
  address: string,
  size: { width: number; height: number },
  onPicture: (rgba: Buffer) => void,
): Player {
  const child = spawn(...commandOf(name, address), { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let running = true;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4096)));
  child.on('error', (error) => (said += error.message));
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      running = false;
      resolve();
    }),
  );
  const picture = Buffer.alloc(size.width * size.height * 4);
  let filled = 0;
  child.stdout.on('data', (bytes: Buffer) => {
    for (let at = 0; at < bytes.length;) {
      const copied = bytes.copy(picture, filled, at);
      at += copied;
      filled += copied;
      if (filled < picture.length) continue;
      filled = 0;
      onPicture(picture);
    }
  });
  return {
    said: () => said,
    running: () => running,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

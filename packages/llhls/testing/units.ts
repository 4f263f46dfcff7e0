import type { FragmentUnit, InitUnit } from '../src/index.ts';

/** An init segment that no test decodes. */
export const fakeInit: InitUnit = {
  kind: 'init',
  bytes: Uint8Array.of(1, 2, 3),
  track: { codec: 'avc1.64001f', timescale: 90_000, width: 640, height: 360 },
};

/** A fragment whose bytes carry a number, so that a test can tell bodies apart. It cannot be cut between frames. */
export function fakeFragment(options: {
  mediaS: number;
  durationS: number;
  key?: boolean;
  samples?: number;
  size?: number;
  mark?: number;
}): FragmentUnit {
  const { mediaS, durationS, key = false, samples = 3, size = 16, mark = 0 } = options;
  const bytes = new Uint8Array(Math.max(8, size));
  new DataView(bytes.buffer).setFloat64(0, mark);
  return { kind: 'fragment', bytes, mediaS, durationS, samples, key };
}

export const markOf = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);

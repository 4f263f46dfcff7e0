import { beforeAll, describe, expect, it } from 'vitest';
import { concat, ffmpeg, fragmented, testSound, testVideo } from '../testing/ffmpeg.ts';
import { Fmp4Error, Fmp4Reader, Packager, type Chunk, type FragmentUnit, type InitUnit } from './index.ts';

/** As a camera's sound is read: AAC-LC, mono. */
const read = (bytes: Uint8Array, pieceBytes = bytes.length) => {
  const reader = new Fmp4Reader({ kind: 'audio' });
  const units = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    units.push(...reader.push(bytes.subarray(at, at + pieceBytes)));
  return {
    init: units.find((unit): unit is InitUnit => unit.kind === 'init'),
    fragments: units.filter((unit): unit is FragmentUnit => unit.kind === 'fragment'),
  };
};
const packaged = (bytes: Uint8Array) => {
  const { init, fragments } = read(bytes);
  if (!init) throw new Error('no init');
  const nowMs = Date.UTC(2026, 0, 1);
  const packager = new Packager({ nowMs });
  packager.begin(init, nowMs);
  const chunks: Chunk[] = fragments.map((one) => packager.add(one, nowMs + one.mediaS * 1000));
  return { packager, chunks, fragments };
};

let sound: Uint8Array;
beforeAll(async () => {
  sound = await testSound({ seconds: 4 });
});

describe('reading sound', () => {
  it('tells its codec, and that it has no size', () => {
    expect(read(sound).init?.track).toEqual({
      ...{ kind: 'audio', codec: 'mp4a.40.2', timescale: 48_000, width: 0, height: 0 },
    });
  });

  it('begins anywhere: each fragment is one to begin with, a fifth of a second or so, without a gap', () => {
    const { fragments } = read(sound, 777);
    expect(fragments.length).toBeGreaterThan(15);
    let nextS = 0;
    for (const { key, mediaS, durationS, samples } of fragments) {
      expect(key).toBe(true);
      expect(mediaS).toBeCloseTo(nextS, 3);
      expect(samples).toBeGreaterThan(0);
      expect(durationS).toBeLessThan(0.26);
      nextS = mediaS + durationS;
    }
    expect(nextS).toBeGreaterThan(3.9);
  });

  it('finds the sound beside pictures, and says where there is none', async () => {
    const beside = await ffmpeg([
      ...['-f', 'lavfi', '-i', 'testsrc2=size=160x96:rate=15:duration=1'],
      ...['-f', 'lavfi', '-i', 'sine=duration=1:sample_rate=16000', '-c:v', 'libx264', '-c:a', 'aac'],
      ...fragmented,
    ]);
    expect(read(beside).init?.track).toMatchObject({ codec: 'mp4a.40.2', timescale: 16_000 });
    const mute = await testVideo({ fps: '15', gop: 15, seconds: 1 });
    expect(() => read(mute)).toThrow(new Fmp4Error('no-track', 'the stream has no audio track'));
  });
});

describe('packing sound', () => {
  it('makes a chunk of each fragment; who joins gets the newest, and nothing that is over', () => {
    const { packager, chunks, fragments } = packaged(sound);
    expect(chunks.map(({ bytes }) => bytes)).toEqual(fragments.map(({ bytes }) => bytes));
    expect(packager.join()).toEqual([chunks.at(-1)]);
  });

  it('what leaves as chunks is the whole sound, to the last sample', async () => {
    const { packager, chunks } = packaged(sound);
    const sent = concat([packager.init?.bytes ?? new Uint8Array(0), ...chunks.map(({ bytes }) => bytes)]);
    const hashOf = (mp4: Uint8Array) =>
      ffmpeg(['-f', 'mp4', '-i', 'pipe:0', '-map', '0:a', '-f', 'md5', 'pipe:1'], mp4);
    expect(await hashOf(sent)).toEqual(await hashOf(sound));
  });

  it('cuts parts between its samples, as those of pictures are', () => {
    const { packager } = packaged(sound);
    const part = packager.playlist().match(/EXT-X-PART:.*URI="([^"]+)"/)?.[1] ?? '';
    expect(packager.resource(part)).toMatchObject({ kind: 'part' });
  });
});

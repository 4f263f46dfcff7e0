import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concat, decodedFrames, ffmpeg, fragmented, testVideo } from '../testing/ffmpeg.ts';
import { BitReader, BitWriter, escaped, unescaped } from './bits.ts';
import { blankParameterSets, dropHoldBack } from './hold-back.ts';
import { Fmp4Reader } from './index.ts';
import { withoutHoldBack } from './sps.ts';

/** Fields of every parameter set in an MP4's configuration and samples, as ffmpeg reads them. */
function spsFields(mp4: Uint8Array): { name: string; value: number }[] {
  const args = ['-hide_banner', '-f', 'mp4', '-i', 'pipe:0', '-map', '0:v', '-c', 'copy'];
  const { stderr } = spawnSync('ffmpeg', [...args, '-bsf:v', 'trace_headers', '-f', 'null', '-'], {
    input: mp4,
  });
  return [...stderr.toString().matchAll(/\] \d+ +(\w+) +[01]+ = (\d+)/g)].map(([, name = '', value]) => ({
    name,
    value: Number(value),
  }));
}
const valuesOf = (mp4: Uint8Array, name: string) =>
  spsFields(mp4)
    .filter((field) => field.name === name)
    .map(({ value }) => value);

/** A parameter set as old cameras write it: without VUI parameters. `nal` has none before them but cropping. */
function withoutVui(nal: Uint8Array, vuiAt: number): Uint8Array {
  const out = new BitWriter();
  out.copy(unescaped(nal), vuiAt);
  out.bit(0);
  return escaped(nal[0] ?? 0, out.end());
}

/** Replaces the parameter set of an init segment; the boxes around it get their new sizes. */
function withSps(mp4: Uint8Array, was: Uint8Array, sps: Uint8Array): Uint8Array {
  const at = Buffer.from(mp4).indexOf(Buffer.from(was));
  const bytes = concat([mp4.subarray(0, at), sps, mp4.subarray(at + was.length)]);
  const view = new DataView(bytes.buffer);
  view.setUint16(at - 2, sps.length);
  for (const type of ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', 'avc1', 'avcC']) {
    const start = Buffer.from(mp4).indexOf(type, 0, 'latin1') - 4;
    view.setUint32(start, view.getUint32(start) + sps.length - was.length);
  }
  return bytes;
}

const spsOf = (mp4: Uint8Array): Uint8Array => {
  const at = Buffer.from(mp4).indexOf('avcC', 0, 'latin1') + 4 + 6;
  const length = new DataView(mp4.buffer, mp4.byteOffset).getUint16(at);
  return mp4.slice(at + 2, at + 2 + length);
};

/** Bit position of vui_parameters_present_flag in a baseline parameter set without cropping of its own reading. */
function vuiAt(nal: Uint8Array): number {
  const bits = new BitReader(unescaped(nal));
  const profile = bits.bits(8);
  bits.bits(16);
  bits.ue();
  if (profile === 100) for (let field = 0; field < 3; field++) bits.ue();
  if (profile === 100) bits.bits(2);
  bits.ue();
  const order = bits.ue();
  if (order === 0) bits.ue();
  bits.ue();
  bits.bit();
  bits.ue();
  bits.ue();
  bits.bits(2);
  if (bits.bit()) for (let edge = 0; edge < 4; edge++) bits.ue();
  return bits.at;
}

const throughReader = (mp4: Uint8Array) => concat(new Fmp4Reader().push(mp4).map(({ bytes }) => bytes));
const x264 = (...more: string[]) => ['-c:v', 'libx264', '-preset', 'ultrafast', ...more];

/** Of a camera that says nothing of the order of its pictures, though its profile has no B pictures. */
let silent: Uint8Array;
let plain: Uint8Array;
beforeAll(async () => {
  plain = await testVideo({ fps: '15', gop: 15, seconds: 2, codec: x264('-profile:v', 'baseline') });
  silent = withSps(plain, spsOf(plain), withoutVui(spsOf(plain), vuiAt(spsOf(plain))));
});

describe('a parameter set that does not say in which order its pictures are shown', () => {
  it('says so afterwards, as ffmpeg reads it, and the same pictures come out', async () => {
    expect(valuesOf(silent, 'vui_parameters_present_flag')[0]).toBe(0);
    const rewritten = throughReader(silent);
    expect(valuesOf(rewritten, 'bitstream_restriction_flag')[0]).toBe(1);
    expect(valuesOf(rewritten, 'max_num_reorder_frames')[0]).toBe(0);
    expect(valuesOf(rewritten, 'max_dec_frame_buffering')[0]).toBe(valuesOf(silent, 'max_num_ref_frames')[0]);
    const frames = await decodedFrames(rewritten);
    expect(frames).toHaveLength(30);
    expect(frames).toEqual(await decodedFrames(silent));
  });

  it('keeps what else it says of the pictures', () => {
    const told = withoutHoldBack(spsOf(silent)) ?? new Uint8Array(0);
    expect(withoutHoldBack(told)).toBeNull();
    const at = vuiAt(spsOf(silent));
    const bits = (nal: Uint8Array) => {
      const reader = new BitReader(unescaped(nal));
      return Array.from({ length: at }, () => reader.bit());
    };
    expect(bits(told)).toEqual(bits(spsOf(silent)));
  });

  it.each([
    ['says it already', x264('-profile:v', 'baseline')],
    ['has B pictures', x264('-profile:v', 'main', '-bf', '2')],
  ])('is left alone when it %s', async (_, codec) => {
    const video = await testVideo({ fps: '15', gop: 15, seconds: 1, codec });
    expect(dropHoldBack(video)).toBeNull();
    expect(throughReader(video).subarray(0, 1000)).toEqual(video.subarray(0, 1000));
  });

  it('is left alone when B pictures may come, though it says nothing', async () => {
    const codec = x264('-profile:v', 'main', '-bf', '2', '-x264-params', 'b-pyramid=0');
    const video = await testVideo({ fps: '15', gop: 15, seconds: 1, codec });
    expect(withoutHoldBack(withoutVui(spsOf(video), vuiAt(spsOf(video))))).toBeNull();
  });

  it('never throws on damaged sets, and never makes one that it would change again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), fc.uint8Array({ minLength: 1, maxLength: 4 }), (places, values) => {
        const nal = spsOf(silent).slice();
        for (const [index, place] of places.entries())
          nal[1 + (place % (nal.length - 1))] = values[index % values.length] ?? 0;
        const once = withoutHoldBack(nal);
        if (once) expect(withoutHoldBack(once)).toBeNull();
      }),
    );
  });
});

describe('a parameter set that comes again before a key frame', () => {
  const nal = (...bytes: number[]) => [0, 0, 0, bytes.length, ...bytes];
  const [sps, other, idr] = [
    [0x67, 66, 0, 30, 1, 2],
    [0x67, 66, 0, 31, 1, 2],
    [0x65, 9, 9, 9],
  ];

  it('becomes filler of the same length, another set stays', () => {
    const bytes = Uint8Array.of(...nal(...sps), ...nal(...other), ...nal(...idr));
    blankParameterSets(bytes, 0, bytes.length, Uint8Array.from(sps));
    expect([...bytes]).toEqual([
      ...nal(0x0c, 0xff, 0xff, 0xff, 0xff, 0x80),
      ...nal(...other),
      ...nal(...idr),
    ]);
  });

  it('leaves damaged lengths alone', () => {
    const bytes = Uint8Array.of(0, 0, 0, 200, ...sps);
    const before = bytes.slice();
    blankParameterSets(bytes, 0, bytes.length, Uint8Array.from(sps));
    expect(bytes).toEqual(before);
  });

  it('in a real stream no set is left that says the old thing, and it decodes as before', async () => {
    // Repeated before each key frame, as RTSP cameras do.
    const bare = await ffmpeg(
      ['-f', 'mp4', '-i', 'pipe:0', '-c', 'copy', '-bsf:v', 'h264_mp4toannexb', '-f', 'h264', 'pipe:1'],
      silent,
    );
    const repeated = await ffmpeg(
      ['-f', 'h264', '-framerate', '15', '-i', 'pipe:0', '-c', 'copy', ...fragmented],
      bare,
    );
    expect(valuesOf(repeated, 'vui_parameters_present_flag')).toEqual([0, 0, 0]);
    const rewritten = throughReader(repeated);
    expect(valuesOf(rewritten, 'vui_parameters_present_flag')).toEqual([1]);
    expect(await decodedFrames(rewritten)).toEqual(await decodedFrames(repeated));
  });
});

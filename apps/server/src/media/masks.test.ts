import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Mask, maxCorners, maxMasks, type Corner, type PushFrame } from '@clerestory/protocol';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../tools/rtsp-farm/farm.ts';
import { boxesOf, maskColour } from './masks.ts';
import { maskedNote } from './sources.ts';
import { httpCamera } from './testing-senders.ts';
import { camera, eventually, ingests, startNode, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-masks-'));
const [width, height] = [320, 180];
const cleanUp: (() => unknown)[] = [];
const opened = <T extends { close(): unknown }>(thing: T): T => {
  cleanUp.push(() => thing.close());
  return thing;
};
let farm: Farm;

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 3, seconds: 4, width, height, fps: 15, gopS: 1, kbps: 900 });
  farm = await startFarm({ mounts: { street: clip } });
}, 30_000);
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
  expect(ingests()).toEqual([]);
});
afterAll(async () => {
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});

const rectangle = (left: number, top: number, right: number, bottom: number): Mask => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];
/** A window in the upper left and a roof in the upper right: a triangle. */
const masks = [
  rectangle(0.1, 0.1, 0.4, 0.5),
  [
    [0.6, 0.6],
    [0.75, 0.1],
    [0.9, 0.6],
  ] satisfies Mask,
];
const inside: Corner[] = [
  [0.11, 0.12],
  [0.25, 0.3],
  [0.39, 0.48],
  [0.75, 0.15],
  [0.75, 0.4],
  [0.63, 0.58],
  [0.87, 0.58],
];
const outside: Corner[] = [
  [0.05, 0.3],
  [0.5, 0.3],
  [0.62, 0.2],
  [0.88, 0.2],
  [0.25, 0.6],
];

/** Frames of some video or picture as rows of red, green and blue. */
function decode(media: readonly Uint8Array[]): Buffer[] {
  const rgb = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    { input: Buffer.concat(media), maxBuffer: 1 << 28 },
  );
  const size = width * height * 3;
  return Array.from({ length: rgb.length / size }, (_, at) => rgb.subarray(at * size, (at + 1) * size));
}
/** The pixel there is the colour of masks, but for what coding and colour conversion do to it. */
function isPainted(frame: Buffer, [x, y]: Corner): boolean {
  const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
  const { red, green, blue } = maskColour;
  return [red, green, blue].every((value, index) => Math.abs((frame[at + index] ?? 0) - value) <= 8);
}
/** How many frames show something in a masked place, and how many show the street beside it. */
function judge(media: readonly Uint8Array[]) {
  const frames = decode(media);
  return {
    frames: frames.length,
    leaks: frames.filter((frame) => !inside.every((corner) => isPainted(frame, corner))).length,
    street: frames.filter((frame) => !outside.some((corner) => isPainted(frame, corner))).length,
  };
}
const bytesOf = (frames: readonly PushFrame[]) => frames.map(({ payload }) => payload);

async function llhls(port: number, stream = 'main') {
  const at = `http://127.0.0.1:${port}/live/a/${stream}`;
  const playlist = await (await fetch(`${at}/index.m3u8`)).text();
  const init = /EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1] ?? '';
  const parts = [...playlist.matchAll(/EXT-X-PART:[^\n]*URI="([^"]+)"/g)].map(([, uri]) => uri ?? '');
  const segments = playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const get = async (uri: string) => new Uint8Array(await (await fetch(`${at}/${uri}`)).arrayBuffer());
  return { at, playlist, init, parts, segments, get };
}

describe('what is painted', () => {
  /** Non-zero winding, as the drawing in the page has it. */
  function isInside(mask: Mask, [x, y]: Corner): boolean {
    let winding = 0;
    mask.forEach(([x0, y0], index) => {
      const [x1, y1] = mask[(index + 1) % mask.length] ?? [x0, y0];
      if (y0 <= y === y1 <= y) return;
      if (x0 + ((y - y0) / (y1 - y0)) * (x1 - x0) > x) winding += y1 > y0 ? 1 : -1;
    });
    return winding !== 0;
  }
  const share = fc.integer({ min: 0, max: 100_000 }).map((value) => value / 100_000);
  const corner = fc.tuple(share, share);
  const mask = fc.array(corner, { minLength: 3, maxLength: maxCorners });

  it('covers every point of any areas, in a bounded number of boxes', () => {
    fc.assert(
      fc.property(
        fc.array(mask, { minLength: 1, maxLength: maxMasks }),
        fc.array(corner, { minLength: 40, maxLength: 40 }),
        (drawn, points) => {
          const boxes = boxesOf(drawn);
          expect(boxes.length).toBeLessThanOrEqual(400);
          for (const [x, y] of points)
            if (drawn.some((one) => isInside(one, [x, y])))
              expect(
                boxes.some(
                  ({ left, right, top, bottom }) =>
                    left - 1e-9 <= x && x <= right + 1e-9 && top <= y && y <= bottom,
                ),
              ).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('a rectangle is one box, exactly; a slanted side reaches out by at most one strip', () => {
    expect(boxesOf([rectangle(0.1, 0.2, 0.3, 0.4)])).toEqual([
      { left: 0.1, right: 0.3, top: 0.2, bottom: 0.4 },
    ]);
    const triangle: Mask = [
      [0, 1],
      [0.5, 0],
      [1, 1],
    ];
    for (const { left, top, bottom } of boxesOf([triangle])) {
      expect(left).toBeGreaterThan(0.5 - bottom / 2 - 1e-9);
      expect(bottom - top).toBeLessThan(1 / 90);
    }
  });

  it.each([
    [
      'two corners',
      [
        [0, 0],
        [1, 1],
      ],
    ],
    ['beyond the picture', rectangle(-0.1, 0, 0.5, 0.5)],
    ['nothing to see', rectangle(0.5, 0.5, 0.501, 0.9)],
    [
      'no numbers',
      [
        ['0', 0],
        [1, 0],
        [1, 1],
      ],
    ],
  ])('is refused: %s', (_name, drawn) => expect(Mask.safeParse(drawn).success).toBe(false));
});

describe('a masked camera', () => {
  const source = () => ({ kind: 'rtsp' as const, main: farm.url('street'), transport: 'tcp' as const });

  it('shows its areas by no door: push, LL-HLS, poster; and without masks each door would', async () => {
    for (const drawn of [masks, []]) {
      const node = opened(await startNode());
      node.setCameras([camera('a', source(), { masks: drawn })]);
      const viewer = opened(await Viewer.open(node.port));
      viewer.subscribe('a');
      await eventually('three seconds of video', () => viewer.chunks().length >= 15);
      const { init, parts, segments, get } = await llhls(node.port);
      const jpeg = new Uint8Array(
        await (await fetch(`http://127.0.0.1:${node.port}/live/a/main/poster.jpg`)).arrayBuffer(),
      );
      const doors = {
        push: judge(bytesOf(viewer.frames)),
        segments: judge([await get(init), ...(await Promise.all(segments.map(get)))]),
        parts: judge([await get(init), ...(await Promise.all(parts.map(get)))]),
        poster: judge([jpeg]),
      };
      for (const [door, { frames, leaks, street }] of Object.entries(doors)) {
        expect(frames, door).toBeGreaterThan(0);
        expect(street, door).toBe(frames);
        // The control: the same places are seen to be painted only because they are.
        expect(leaks, door).toBe(drawn.length > 0 ? 0 : frames);
      }
      expect(viewer.reasons().includes(maskedNote)).toBe(drawn.length > 0);
      for (const close of cleanUp.splice(0).reverse()) await close();
    }
  });

  it('takes its turn at converting, and shows nothing while it waits or when there is none', async () => {
    const node = opened(await startNode({ conversions: 1 }));
    node.setCameras([camera('first', source(), { masks }), camera('a', source(), { masks })]);
    const viewer = opened(await Viewer.open(node.port));
    const first = viewer.subscribe('first');
    await eventually('the first', () => viewer.chunks(first).length > 0);
    const second = viewer.subscribe('a');
    await eventually('its place in line', () =>
      viewer.reasons().includes('Waiting to be converted (1st in line)'),
    );
    const shown = viewer.chunks(first).length;
    await eventually('time goes on', () => viewer.chunks(first).length > shown + 10);
    expect(viewer.frames.filter(({ channel }) => channel === second)).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${node.port}/live/a/main/poster.jpg`)).status).toBe(204);
    node.removeCamera('first');
    await eventually('its turn', () => viewer.chunks(second).length > 5);
    const frames = viewer.frames.filter(({ channel }) => channel === second);
    expect(judge(bytesOf(frames))).toMatchObject({ leaks: 0 });

    const never = opened(await startNode({ conversions: 0 }));
    never.setCameras([camera('a', source(), { masks })]);
    const other = opened(await Viewer.open(never.port));
    other.subscribe('a');
    await eventually('a word', () => other.states().includes('unsupported'));
    expect(other.reasons().join()).toMatch(/masked.*CLERESTORY_CONVERSIONS/);
    expect(other.frames).toEqual([]);
  });

  it('a change takes effect at once: nothing of the picture before can be had, by any door', async () => {
    const node = opened(await startNode());
    node.setCamera(camera('a', source()));
    const viewer = opened(await Viewer.open(node.port));
    viewer.subscribe('a');
    await eventually('two seconds of it', () => viewer.chunks().length >= 12);
    const before = await llhls(node.port);
    expect((await fetch(`${before.at}/poster.jpg`)).status).toBe(200);
    node.setCamera(camera('a', source(), { masks, revision: 2 }));
    const heard = viewer.frames.length;
    for (const uri of [...before.parts, ...before.segments])
      expect((await fetch(`${before.at}/${uri}`)).status, uri).toBe(404);
    const still = await fetch(`${before.at}/poster.jpg`);
    if (still.status === 200) expect(judge([new Uint8Array(await still.arrayBuffer())]).leaks).toBe(0);
    else expect(still.status).toBe(204);
    // What was on its way when the change came is whole chunks of the stream before; its generation tells.
    const old = new Set(viewer.frames.slice(0, heard).map(({ generation }) => generation));
    const isNew = ({ generation }: { generation: number }) => !old.has(generation);
    await eventually('masked pictures', () => viewer.frames.filter(isNew).length >= 15);
    const after = viewer.frames.slice(viewer.frames.findIndex(isNew));
    expect(new Set(after.map(({ generation }) => generation)).size).toBe(1);
    expect(judge(bytesOf(after)).leaks).toBe(0);
    // And back: whoever lifts a mask sees what is there from then on, not what was hidden.
    node.setCamera(camera('a', source(), { revision: 3 }));
    const lifted = viewer.frames.length;
    await eventually('open pictures', () => viewer.frames.length >= lifted + 8);
    const { frames, leaks } = judge(bytesOf(viewer.frames.slice(lifted)));
    expect(leaks).toBe(frames);
  });

  it('pictures over HTTP are masked, too, with one turn', async () => {
    const jpeg = execFileSync('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', `color=white:size=${width}x${height}`],
      ...['-frames:v', '1', '-f', 'mjpeg', 'pipe:1'],
    ]);
    const server = opened(
      await httpCamera((_request, response) => response.setHeader('content-type', 'image/jpeg').end(jpeg)),
    );
    const node = opened(await startNode({ conversions: 1 }));
    node.setCamera(camera('a', { kind: 'snapshot', main: `${server.url}/s.jpg`, everyMs: 200 }, { masks }));
    const viewer = opened(await Viewer.open(node.port));
    viewer.subscribe('a');
    await eventually('pictures', () => viewer.chunks().length >= 4);
    const { frames, leaks, street } = judge(bytesOf(viewer.frames));
    expect([leaks, street]).toEqual([0, frames]);
    expect(viewer.reasons()).toContain(`One picture every 0.2 s. ${maskedNote}`);
  });
});

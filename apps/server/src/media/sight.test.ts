import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IngestReport, PictureFault } from '@clerestory/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assured } from '../../../../tools/harness/assured.ts';
import { startFarm, type Farm } from '../../../../tools/rtsp-farm/farm.ts';
import { look, sightSize, type Sight } from './sight.ts';
import { isSuspicious, maxPictures, maxSeen, pictureFault, remember, type Seen } from './sight-rules.ts';
import { camera, eventually, startNode, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-sight-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Scenes as ffmpeg draws them; what real cameras see was measured for decision 13. */
const street = 'testsrc2=size=640x360:rate=15';
const noise = 'noise=alls=4:allf=t';
const still = `${street},trim=end_frame=1,loop=-1:1,setpts=N/15/TB`;
const lamp = 'drawbox=x=300:y=60:w=8:h=8:color=white:t=fill';
const scenes = {
  street: `${street},${noise}`,
  /** Nothing moves but the sensor's noise, and little bandwidth is left for it. */
  quiet: `${still},${noise}`,
  night: `color=0x050505:size=640x360:rate=15,${noise},${lamp}`,
  frozen: still,
  /** The camera writes the time into its frozen picture. */
  clock: `${still},drawbox=x=8:y=8:w=20:h=12:color=white:t=fill:enable='lt(mod(t,2),1)'`,
  black: 'color=black:size=640x360:rate=15,noise=alls=5:allf=t',
  covered: 'color=gray:size=640x360:rate=15,noise=alls=6:allf=t',
  blurred: `${street},gblur=sigma=12,${noise}`,
} as const;
type Scene = keyof typeof scenes;
const faults: Record<Scene, PictureFault | null> = {
  ...{ street: null, quiet: null, night: null },
  ...{ frozen: 'frozen', clock: 'frozen', black: 'black', covered: 'blank', blurred: 'blurred' },
};
const clipOf = (scene: string) => path.join(dir, `${scene}.mp4`);
const encode = (name: string, graph: string, seconds: number, quality = ['-crf', '30']) =>
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', graph, '-t', String(seconds), '-pix_fmt', 'yuv420p'],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-tune',
      'zerolatency',
      '-x264-params',
      'sliced-threads=0',
      '-g',
      '15',
      ...quality,
      '-bf',
      '0',
      '-y',
      clipOf(name),
    ],
  ]);

/** The key frames of a clip, a look each second. */
function looksAt(scene: string, atMs = 0): Seen[] {
  const raw = execFileSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-skip_frame', 'nokey', '-i', clipOf(scene)],
      ...['-vf', `scale=${sightSize.width}:${sightSize.height}:flags=area,format=gray`],
      ...['-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
    ],
    { maxBuffer: 1 << 28 },
  );
  const size = sightSize.width * sightSize.height;
  return Array.from({ length: raw.length / size }, (_, at) => ({
    ...look(new Uint8Array(raw.subarray(at * size, (at + 1) * size))),
    atMs: atMs + at * 1_000,
  }));
}

beforeAll(() => {
  for (const [scene, graph] of Object.entries(scenes)) encode(scene, graph, 13);
}, 60_000);

describe('what is seen in key frames', () => {
  it.each(Object.entries(faults))('%s: %s', (scene, fault) => {
    const seen = looksAt(scene);
    // Blur has to last for a minute: the same looks, further apart.
    const long = seen.map((one) => ({ ...one, atMs: one.atMs * 10 }));
    expect(pictureFault(fault === 'blurred' || fault === null ? long : seen)).toBe(fault);
    if (fault === null) expect(pictureFault(seen)).toBeNull();
  });

  it('one look is no fault, and one good look ends it', () => {
    const good = looksAt('street');
    for (const scene of ['frozen', 'black', 'covered'] as const) {
      const bad = looksAt(scene);
      expect(pictureFault(bad.slice(0, 2)), scene).toBeNull();
      expect(pictureFault([...bad, { ...(good[0] as Seen), atMs: 10_000 }]), scene).toBeNull();
    }
  });

  it('the same picture as long ago, and none seen between, is looked at again before it is called frozen', () => {
    const [one, other] = [looksAt('frozen')[0] as Seen, looksAt('street')[0] as Seen];
    const twice = [one, { ...one, atMs: 20_000 }];
    expect([pictureFault(twice), isSuspicious(twice)]).toEqual([null, true]);
    expect(pictureFault([...twice, { ...other, atMs: 22_500 }])).toBeNull();
    expect(pictureFault([...twice, { ...one, atMs: 22_500 }])).toBe('frozen');
  });

  it('an encoder that codes the frozen picture now finer, now coarser, hides it for a few looks at most', () => {
    for (const crf of ['24', '34']) encode(`frozen-${crf}`, scenes.frozen, 13, ['-crf', crf]);
    const [fine, coarse] = [looksAt('frozen-24'), looksAt('frozen-34')];
    const mixed = fine.map((one, at): Seen => ({
      ...((at % 2 === 0 ? one : coarse[at]) as Seen),
      atMs: at * 2_500,
    }));
    expect(pictureFault(mixed.slice(-maxPictures))).toBe('frozen');
  });

  it('keeps few pictures', () => {
    const [one] = looksAt('frozen');
    let seen: Seen[] = [];
    for (let n = 0; n < 100; n++) seen = remember(seen, { ...(one as Sight), atMs: n * 1_000 });
    expect(seen).toHaveLength(maxSeen);
    expect(seen.filter(({ luma }) => luma.length > 0)).toHaveLength(maxPictures);
    expect([isSuspicious(seen), isSuspicious(looksAt('quiet'))]).toEqual([true, false]);
  });
});

describe('a camera', () => {
  let farm: Farm;
  const names = ['turning', 'quiet', 'night', 'black', 'sparse'] as const;
  beforeAll(async () => {
    // Sixteen seconds of one picture, eight of life, and again.
    encode('turning', `${street},${noise},trim=end=8,tpad=start_mode=clone:start_duration=16`, 24, [
      '-qp',
      '30',
    ]);
    // Longer than the test: a clip that begins again shows the very same pictures again, which no camera does.
    for (const scene of ['quiet', 'night'] as const) encode(scene, scenes[scene], 60);
    // Moves, and shows the very same key frame every six seconds: there is none but the first one of the loop.
    encode('sparse', scenes.street, 6, ['-crf', '30', '-g', '10000', '-sc_threshold', '0']);
    farm = await startFarm({ mounts: Object.fromEntries(names.map((name) => [name, clipOf(name)])) });
  }, 60_000);
  afterAll(() => farm.close());

  it('that freezes or goes black is told within 15 s, and told to be well again; a quiet street and a night are not accused', async () => {
    const node = await startNode({}, { sight: { usualMs: 2_000, closerMs: 1_300, spacingMs: 100 } });
    const viewer = await Viewer.open(node.port);
    const told: { name: string; picture: PictureFault | undefined; atMs: number }[] = [];
    node.onIngest((reports: IngestReport[]) => {
      for (const { camera: name, facts } of reports) {
        const last = told.findLast((one) => one.name === name);
        if (last?.picture !== facts.picture || !last)
          told.push({ name, picture: facts.picture, atMs: Date.now() });
      }
    });
    try {
      node.setCameras(names.map((name) => camera(name, { main: farm.url(name), transport: 'tcp' })));
      for (const name of names) viewer.subscribe(name);
      await eventually('all run', () => names.every((name) => told.some((one) => one.name === name)), 20_000);
      const { unixMs, loopMs } = farm.t0('turning');
      const frozen = await eventually(
        'frozen',
        () => told.find(({ name, picture }) => name === 'turning' && picture === 'frozen'),
        60_000,
      );
      // By where the loop is, since when it stands still.
      expect((frozen.atMs - unixMs) % loopMs).toBeLessThan(15_000);
      await eventually(
        'well again',
        () =>
          told.some((one) => one.name === 'turning' && one.atMs > frozen.atMs && one.picture === undefined),
        40_000,
      );
      expect(told.some(({ name, picture }) => name === 'black' && picture === 'black')).toBe(true);
      for (const name of ['quiet', 'night', 'sparse'])
        expect([name, ...told.filter((one) => one.name === name).map(({ picture }) => picture)]).toEqual([
          name,
          undefined,
        ]);
      assured({
        row: 'D2',
        claim: 'a source that freezes is found within 15 s, a quiet street and a night are not accused',
        trials: 3,
        control: 'scenes without the fault, beside it',
      });
    } finally {
      viewer.close();
      await node.close();
    }
  }, 120_000);
});

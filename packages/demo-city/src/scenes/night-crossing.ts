import { hex, plainLook } from '../kit/colour.ts';
import { facade, glassWall } from '../kit/facades.ts';
import { signalPost, streetLamp } from '../kit/furniture.ts';
import { concrete, neon, paving, zones } from '../kit/materials.ts';
import { asphalt, lineAcross, lineAlong, marked, zebra } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { box, type Solid } from '../kit/solids.ts';
import { rain } from '../kit/weather.ts';
import type { Lamp } from '../kit/environment.ts';
import { crossTraffic } from './parts/crossing.ts';

/** A theatre's corner in the rain at night: neon and headlamps on wet asphalt. */
export const nightCrossing: SceneBuilder = (random) => {
  const wet = 0.9;
  const road = marked(asphalt({ wet }), [
    lineAlong(0, 0.18, 10.5, 120, 3, 3),
    lineAcross(0, 0.18, -90, -10.5, 3, 3),
    lineAcross(0, 0.18, 10.5, 90, 3, 3),
    zebra(-6.5, 6.5, -9.6, -6.8),
    zebra(-6.5, 6.5, 6.8, 9.6),
    zebra(-9.6, -6.8, -6.5, 6.5, false),
    zebra(6.8, 9.6, -6.5, 6.5, false),
  ]);
  const ground = zones(
    [
      { where: (x, z) => Math.abs(x) < 6.6 || Math.abs(z) < 6.6, material: road },
      { where: (x, z) => Math.abs(x) < 6.85 || Math.abs(z) < 6.85, material: concrete(hex('#8f8b84'), 0) },
    ],
    paving(hex('#7d776e'), 0.8, 0.8, wet * 0.8),
  );
  const shops = { foot: 'shops', shopLight: 0.62, lit: 0.3, litPower: 0.8 } as const;
  const pink = hex('#ff3d7f');
  const cyan = hex('#3fd8ff');
  const amber = hex('#ffb13d');
  const sign = (
    x: number,
    z: number,
    y: number,
    w: number,
    h: number,
    d: number,
    colour: typeof pink,
    power = 2.4,
  ) => box({ x, z, y, w, h, d, material: neon(colour, power), blocks: false });
  const solids: Solid[] = [
    box({
      x: -22,
      z: 24,
      w: 24,
      h: 17,
      d: 26,
      material: facade({ wall: hex('#8a5b48'), bricks: true, ...shops }),
    }),
    box({ x: -22, z: 54, w: 24, h: 25, d: 32, material: facade({ wall: hex('#8b8478'), ...shops }) }),
    box({ x: 24, z: 26, w: 26, h: 34, d: 28, material: glassWall({ lit: 0.45, litPower: 0.7 }) }),
    box({ x: 23, z: 60, w: 24, h: 20, d: 36, material: facade({ wall: hex('#6f6a66'), ...shops }) }),
    box({
      x: 0,
      z: 128,
      w: 70,
      h: 30,
      d: 18,
      material: facade({ wall: hex('#77736c'), lit: 0.35, litPower: 0.8 }),
    }),
    box({ x: -54, z: 26, w: 36, h: 20, d: 26, material: facade({ wall: hex('#7d7264'), ...shops }) }),
    box({ x: 58, z: 26, w: 36, h: 16, d: 26, material: facade({ wall: hex('#7d5a4c'), ...shops }) }),
    // The theatre's canopy and its upright sign.
    box({ x: -13, z: 10.4, y: 4.2, w: 9, h: 1, d: 3, material: neon(amber, 1.5), blocks: false }),
    sign(-9.6, 12.4, 6, 0.5, 8.5, 1.3, pink),
    sign(-17, 10.85, 7.6, 5.5, 1.1, 0.2, cyan, 1.8),
    sign(10.9, 17, 4.4, 0.2, 1.2, 6, cyan, 1.6),
    sign(10.8, 30, 5, 0.2, 3, 1, amber, 2),
    sign(-9.9, 47, 5, 0.3, 4, 1, hex('#63ff9a'), 1.5),
    sign(-9.8, 60, 5, 0.3, 3, 1, pink, 1.6),
  ];
  const street = [
    streetLamp({ x: -7.6, z: 15, armYaw: Math.PI / 2, power: 46 }),
    streetLamp({ x: 7.6, z: 30, armYaw: -Math.PI / 2, power: 46 }),
    streetLamp({ x: -7.6, z: 48, armYaw: Math.PI / 2, power: 46 }),
    streetLamp({ x: 7.6, z: 66, armYaw: -Math.PI / 2, power: 46 }),
    streetLamp({ x: 9, z: -8.2, armYaw: Math.PI, power: 40 }),
  ];
  const lamps: Lamp[] = [
    ...street.flatMap((one) => one.lamps),
    { at: [-9, 9, 11.4], colour: pink, power: 20, reach: 26, halo: 4 },
    { at: [-13, 4, 9.2], colour: amber, power: 26, reach: 18, halo: 3 },
    { at: [-17, 7.6, 9.8], colour: cyan, power: 14, reach: 20 },
    { at: [9.6, 4.8, 17], colour: cyan, power: 16, reach: 20 },
    { at: [9.2, 2.6, 46], colour: hex('#ffd9a0'), power: 16, reach: 18 },
    { at: [-9, 2.6, 30], colour: hex('#ffd9a0'), power: 16, reach: 18 },
  ];
  const posts = {
    north: signalPost(7.4, 10.6, Math.PI),
    south: signalPost(-7.4, -10.6, 0),
    east: signalPost(10.6, -7.4, Math.PI / 2),
    west: signalPost(-10.6, 7.4, -Math.PI / 2),
  };
  solids.push(...street.flatMap((one) => one.solids), ...Object.values(posts).flatMap((post) => post.solids));
  return {
    view: { from: [8.2, 7, -19], at: [-3.2, 1.6, 8], fov: 64 },
    environment: {
      sun: [0.3, 0.8, -0.4],
      sunColour: [0.4, 0.5, 0.8],
      sunPower: 0,
      zenith: [0.018, 0.022, 0.04],
      horizon: [0.075, 0.06, 0.07],
      bounce: [0.035, 0.03, 0.032],
      fog: { colour: [0.075, 0.06, 0.068], perM: 0.004 },
      lamps,
      skyline: [{ height: 0.12, colour: [0.03, 0.028, 0.035], shape: 'town', lit: 0.4 }],
    },
    look: { ...plainLook, noise: 2.2, exposure: 1.15, saturation: 1.15, vignette: 0.38 },
    solids,
    ground: { y: 0, material: ground },
    mirrorY: 0,
    layers: [
      ...crossTraffic(random, {
        posts: Object.values(posts),
        people: 14,
        farZ: 100,
        night: true,
        wet: true,
        rain: true,
      }),
      rain(random, 0.7),
    ],
  };
};

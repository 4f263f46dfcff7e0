import { hex, plainLook } from '../kit/colour.ts';
import { facade, glassWall } from '../kit/facades.ts';
import { signalPost, streetLamp, tree } from '../kit/furniture.ts';
import { concrete, paving, zones } from '../kit/materials.ts';
import { asphalt, lineAcross, lineAlong, marked, zebra } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { sway } from '../kit/weather.ts';
import { box, type Solid } from '../kit/solids.ts';
import { crossTraffic } from './parts/crossing.ts';

/** A large crossing by day, seen from a high pole: traffic stops and goes, people cross. */
export const grandCrossing: SceneBuilder = (random) => {
  const road = marked(asphalt({ tracks: [-4.6, -2.9, 2.9, 4.6] }), [
    lineAlong(0, 0.18, -60, -10.5, 3, 3),
    lineAlong(0, 0.18, 10.5, 120, 3, 3),
    lineAcross(0, 0.18, -90, -10.5, 3, 3),
    lineAcross(0, 0.18, 10.5, 90, 3, 3),
    zebra(-6.5, 6.5, -9.6, -6.8),
    zebra(-6.5, 6.5, 6.8, 9.6),
    zebra(-9.6, -6.8, -6.5, 6.5, false),
    zebra(6.8, 9.6, -6.5, 6.5, false),
    lineAcross(-10.4, 0.4, 0.3, 6.3),
    lineAcross(10.4, 0.4, -6.3, -0.3),
    lineAlong(-10.4, 0.4, -6.3, -0.3),
    lineAlong(10.4, 0.4, 0.3, 6.3),
  ]);
  const inRoad = (x: number, z: number) => Math.abs(x) < 6.6 || Math.abs(z) < 6.6;
  const kerb = (x: number, z: number) => Math.abs(x) < 6.85 || Math.abs(z) < 6.85;
  const ground = zones(
    [
      { where: inRoad, material: road },
      { where: kerb, material: concrete(hex('#b5b0a6'), 0) },
    ],
    paving(hex('#a8a197'), 0.8),
  );
  const solids: Solid[] = [
    box({
      x: -22,
      z: 24,
      w: 22,
      h: 19,
      d: 24,
      material: facade({ wall: hex('#b08a68'), bricks: true, foot: 'shops', bands: true, bayM: 2.8 }),
      top: concrete(hex('#8a857c')),
    }),
    box({
      x: -22,
      z: 52,
      w: 22,
      h: 24,
      d: 30,
      material: facade({ wall: hex('#d5c9b2'), foot: 'shops', bayM: 2.4 }),
      top: concrete(),
    }),
    box({ x: 23, z: 25, w: 24, h: 30, d: 26, material: glassWall({ lit: 0.12 }), top: concrete() }),
    box({
      x: 22,
      z: 56,
      w: 22,
      h: 17,
      d: 32,
      material: facade({ wall: hex('#9c4f3c'), bricks: true, foot: 'shops' }),
      top: concrete(),
    }),
    box({ x: -21, z: 95, w: 20, h: 30, d: 50, material: facade({ wall: hex('#a9a7a2') }), top: concrete() }),
    box({ x: 21, z: 100, w: 20, h: 22, d: 50, material: facade({ wall: hex('#c7b08a') }), top: concrete() }),
    box({
      x: -52,
      z: 24,
      w: 34,
      h: 15,
      d: 24,
      material: facade({ wall: hex('#c9bda6'), foot: 'shops' }),
      top: concrete(),
    }),
    box({
      x: 54,
      z: 24,
      w: 34,
      h: 20,
      d: 24,
      material: facade({ wall: hex('#7f8d92'), foot: 'shops' }),
      top: concrete(),
    }),
    ...[-9.3, 9.3].flatMap((x) => [20, 34, 48, 62].flatMap((z) => tree(random, x, z, 7.5, hex('#4d7434')))),
    ...[-16, -30].flatMap((x) => tree(random, x, 9.4, 7, hex('#587c37'))),
  ];
  const lamps = [
    streetLamp({ x: -7.6, z: 13, armYaw: Math.PI / 2, on: false }),
    streetLamp({ x: 7.6, z: 28, armYaw: -Math.PI / 2, on: false }),
    streetLamp({ x: -7.6, z: 42, armYaw: Math.PI / 2, on: false }),
  ];
  const posts = {
    north: signalPost(7.4, 10.6, Math.PI),
    south: signalPost(-7.4, -10.6, 0),
    east: signalPost(10.6, -7.4, Math.PI / 2),
    west: signalPost(-10.6, 7.4, -Math.PI / 2),
  };
  solids.push(
    ...lamps.flatMap((lamp) => lamp.solids),
    ...Object.values(posts).flatMap((post) => post.solids),
  );
  const moving = crossTraffic(random, { posts: Object.values(posts), people: 16 });
  return {
    view: { from: [9.5, 9.5, -25], at: [-1.2, 0.2, 6], fov: 62 },
    environment: {
      sun: [0.75, 0.72, -0.55],
      sunColour: [1, 0.93, 0.8],
      sunPower: 2.6,
      zenith: hex('#3f78c0', 0.9),
      horizon: hex('#c4d8ea', 1),
      glow: [0.5, 0.42, 0.3],
      bounce: [0.24, 0.22, 0.2],
      clouds: { cover: 0.5, bright: [1.25, 1.22, 1.2], dark: [0.55, 0.58, 0.64] },
      fog: { colour: hex('#b8cbdc', 0.85), perM: 0.0016 },
      skyline: [{ height: 0.09, colour: hex('#93a6b5', 0.8), shape: 'town' }],
    },
    look: { ...plainLook, exposure: 0.85 },
    solids,
    ground: { y: 0, material: ground },
    layers: [sway(), ...moving],
  };
};

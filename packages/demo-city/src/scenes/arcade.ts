import { hex, plainLook, type Rgb } from '../kit/colour.ts';
import type { Lamp } from '../kit/environment.ts';
import { facade } from '../kit/facades.ts';
import { crowd, passersBy, type Walker } from '../kit/flows.ts';
import { glowing, neon, paint } from '../kit/materials.ts';
import { somePerson } from '../kit/people.ts';
import { noise2 } from '../kit/random.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { beam, box, column, leafBall, prism, type Solid } from '../kit/solids.ts';
import { foliage } from '../kit/materials.ts';
import type { Material } from '../kit/surface.ts';
import type { Vec } from '../kit/view.ts';

const half = 5.6;
const depth = 78;

/** A polished floor of light and dark stones in a pattern. */
const floor: Material = (p) => {
  const [x, z] = [p.x / 1.4, p.z / 1.4];
  const [fx, fz] = [Math.abs((((x % 1) + 1) % 1) - 0.5), Math.abs((((z % 1) + 1) % 1) - 0.5)];
  const border = Math.abs(Math.abs(p.x) - 4.7) < 0.28;
  const diamond = fx + fz < 0.3;
  const veins = noise2(p.x * 1.7, p.z * 1.7, 5);
  p.albedo(border ? hex('#4d3a32') : diamond ? hex('#7d4f42') : hex('#d8cdb8'), 0.85 + 0.2 * veins);
  p.gloss = 0.6;
  p.mirror = 0.14;
  p.rough = 0.03;
};

/** A shopping arcade under an iron and glass roof. */
export const arcade: SceneBuilder = (random) => {
  const cream = hex('#dccfb4');
  const front = facade({
    wall: cream,
    foot: 'shops',
    footM: 4.2,
    shopLight: 0.7,
    lit: 0.35,
    litPower: 0.7,
    bayM: 3.1,
    floorM: 3.6,
    windowW: 1.5,
    windowH: 2.2,
    bands: true,
  });
  const iron = paint(hex('#3f5a50'), 0.12);
  const gilt = paint(hex('#b8924a'), 0.1);
  const solids: Solid[] = [
    ...[-1, 1].map((side) =>
      box({ x: side * (half + 4), z: depth / 2 - 6, w: 8, h: 8.6, d: depth + 12, material: front }),
    ),
    box({
      x: 0,
      z: depth + 1,
      w: 14,
      h: 14,
      d: 1,
      material: facade({
        wall: cream,
        bayM: 3,
        floorM: 4.4,
        windowW: 2,
        windowH: 3.2,
        lit: 0.9,
        litPower: 0.9,
        foot: 'arcade',
        footM: 4,
      }),
    }),
  ];
  // Iron ribs every few metres, purlins along, glass between them is the bright sky itself.
  const steps = 8;
  const rib = (i: number, z: number): Vec => {
    const turn = Math.PI * (i / steps);
    return [-Math.cos(turn) * half, 8.6 + Math.sin(turn) * 4.2, z];
  };
  for (let z = -6; z <= depth; z += 4.6)
    for (let i = 0; i < steps; i++) solids.push(beam(rib(i, z), rib(i + 1, z), 0.16, iron, 0.26));
  for (let i = 0; i <= steps; i++)
    solids.push(beam(rib(i, -6), rib(i, depth), i === 0 || i === steps ? 0.3 : 0.08, iron));
  for (let i = 0; i < steps * 2; i++) {
    const at = (z: number): Vec => {
      const turn = Math.PI * ((i + 0.5) / (steps * 2));
      return [-Math.cos(turn) * half, 8.62 + Math.sin(turn) * 4.2, z];
    };
    solids.push(beam(at(-6), at(depth), 0.035, iron));
  }
  for (const side of [-1, 1])
    for (let z = -1; z < depth; z += 6.2) {
      solids.push(column({ x: side * (half - 0.16), z, h: 8.2, r: 0.2, top: 0.17, sides: 8 }, paint(cream)));
      solids.push(box({ x: side * (half - 0.2), z, y: 8.1, w: 0.7, h: 0.5, d: 0.7, material: gilt }));
    }
  const lamps: Lamp[] = [];
  for (let z = 6; z < depth; z += 11) {
    solids.push(beam([0, 12.6, z], [0, 7.4, z], 0.05, iron));
    const globe = column(
      { x: 0, z, y: 6.5, h: 0.8, r: 0.3, top: 0.45, sides: 10 },
      glowing([1, 0.86, 0.62], 2.4),
    );
    globe.blocks = false;
    solids.push(globe);
    lamps.push({ at: [0, 6.6, z], colour: [1, 0.82, 0.56], power: 13, reach: 20, halo: 0.8 });
  }
  for (const [side, z, colour] of [
    [-1, 8, '#ff6b4a'],
    [1, 14, '#4ac8ff'],
    [-1, 26, '#ffd24a'],
    [1, 33, '#ff5fa8'],
    [-1, 44, '#7dff9a'],
  ] as const)
    solids.push(
      box({
        x: side * (half - 0.75),
        z,
        y: 3.4,
        w: 1.1,
        h: 0.8,
        d: 0.12,
        material: neon(hex(colour), 1.3),
        blocks: false,
      }),
    );
  for (const z of [9, 20, 31, 42]) {
    const x = z % 2 === 0 ? 1.1 : -1.1;
    solids.push(
      prism({
        outline: [
          [-0.5, 0],
          [0.5, 0],
          [0.62, 0.6],
          [-0.62, 0.6],
        ],
        x,
        z,
        length: 1.1,
        material: paint(hex('#4a4640')),
      }),
    );
    solids.push(leafBall([x, 1.15, z], 0.75, foliage(hex('#4f7f3c')), 0.8));
    solids.push(box({ x, z: z + 2.1, y: 0.42, w: 0.5, h: 0.08, d: 1.9, material: paint(hex('#8a6a45')) }));
    for (const dz of [-0.7, 0.7])
      solids.push(box({ x, z: z + 2.1 + dz, w: 0.42, h: 0.42, d: 0.09, material: iron }));
  }
  const lookers: Walker[] = [
    [-4.5, 7, -1.6],
    [4.4, 12.5, 1.5],
    [-4.4, 18, -1.4],
    [4.5, 24, 1.6],
    [4.2, 25.2, 1.2],
    [-4.5, 34, -1.6],
  ].map(([x = 0, z = 0, yaw = 0]) => ({
    person: somePerson(random),
    way: [[x, 0, z] as Vec],
    yaw,
  }));
  const white: Rgb = [1, 1, 1];
  return {
    view: { from: [-3.4, 5.4, -4.6], at: [0.9, 2.7, 14], fov: 64 },
    environment: {
      sun: [0.35, 0.9, 0.2],
      sunColour: [1, 0.96, 0.9],
      sunPower: 1.5,
      sunSize: 0.05,
      zenith: [0.62, 0.78, 0.98],
      horizon: [0.85, 0.9, 0.96],
      bounce: [0.26, 0.23, 0.19],
      clouds: { cover: 0.55, bright: white, dark: [0.7, 0.75, 0.82] },
      fog: { colour: [0.7, 0.66, 0.56], perM: 0.003 },
      lamps,
    },
    look: { ...plainLook, exposure: 0.66, saturation: 1.08 },
    solids,
    ground: { y: 0, material: floor },
    mirrorY: 0,
    layers: [
      crowd([
        ...lookers,
        ...passersBy(random, {
          from: [-2.7, 0, -5],
          to: [-2.6, 0, 74],
          spreadM: 1.3,
          count: 7,
          speedMps: 1.1,
        }),
        ...passersBy(random, { from: [2.8, 0, -5], to: [2.6, 0, 74], spreadM: 1.3, count: 7, speedMps: 1.1 }),
      ]),
    ],
  };
};

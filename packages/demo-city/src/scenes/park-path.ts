import { drawBeast, shadeBeast } from '../kit/animals.ts';
import { hex, plainLook } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { crowd, passersBy } from '../kit/flows.ts';
import { bench, bin, hedge, lantern, tree } from '../kit/furniture.ts';
import type { Layer } from '../kit/layers.ts';
import { grass, paint, rooftiles, water, zones } from '../kit/materials.ts';
import { drawPerson, shadePerson, somePerson } from '../kit/people.ts';
import { fractal2, noise2, type Random } from '../kit/random.ts';
import { loopS, type SceneBuilder } from '../kit/scene.ts';
import { box, gable, type Solid } from '../kit/solids.ts';
import type { Material } from '../kit/surface.ts';
import { onTheWay, Route, steady } from '../kit/traffic.ts';
import type { Vec } from '../kit/view.ts';
import { ripple, sway } from '../kit/weather.ts';

/** Middle of the path at a distance. */
const pathX = (z: number) => 2.2 * Math.sin(z * 0.045 + 0.4) + 1.2;
/** A second path crosses it. */
const crossZ = (x: number) => 8.6 - 0.008 * (x - 1) ** 2;
const points = (from: number, to: number, off: number): Vec[] => {
  const list: Vec[] = [];
  const steps = 12;
  for (let i = 0; i <= steps; i++) {
    const z = from + ((to - from) * i) / steps;
    list.push([pathX(z) + off, 0, z]);
  }
  return list;
};

const gravel: Material = (p) => {
  const large = fractal2(p.x * 0.3, p.z * 0.3, 3, 13);
  const fine = noise2(p.x * 11, p.z * 11, 14);
  p.albedo(hex('#b7a281'), 0.75 + 0.3 * large + 0.2 * (fine - 0.5));
};

/** Someone with a dog on a lead. */
function dogWalker(random: Random): Layer {
  const person = somePerson(random, { coat: hex('#8a3b32'), bag: null, hat: hex('#d8cfb8') });
  const dog = { backM: 0.5, coat: hex('#a87842') };
  const route = new Route(
    [
      [13, 0, 7.4],
      [4, 0, 9],
      [-5, 0, 8.6],
      [-13.5, 0, 7],
    ],
    0.5,
  );
  const dogRoute = new Route(
    [
      [11.8, 0, 6.9],
      [3.2, 0, 8.1],
      [-6, 0, 7.8],
      [-14.6, 0, 6.3],
    ],
    0.5,
  );
  const journey = steady(1, route.length, 1.38);
  return {
    under: (stage) => {
      for (const { distance } of onTheWay(journey, stage.time, loopS)) {
        shadePerson(stage, person, { ...route.place(distance), walked: distance });
        shadeBeast(stage, dog, { ...dogRoute.place(distance), walked: distance });
      }
    },
    things: (stage) => {
      for (const { distance } of onTheWay(journey, stage.time, loopS)) {
        drawPerson(stage, person, { ...route.place(distance), walked: distance, arm: 0.1 });
        drawBeast(stage, dog, { ...dogRoute.place(distance), walked: distance * 1.0 });
      }
    },
  };
}

/** A park in the morning: lime trees in the sun, a pond, runners, someone with a dog. */
export const parkPath: SceneBuilder = (random) => {
  const inPond = (x: number, z: number) =>
    ((x + 16) / 9.5) ** 2 + ((z - 34) / 15) ** 2 < 1 + 0.1 * Math.sin(z * 0.4);
  const ground = zones(
    [
      { where: (x, z) => Math.abs(x - pathX(z)) < 1.9, material: gravel },
      { where: (x, z) => Math.abs(z - crossZ(x)) < 1.4, material: gravel },
      { where: inPond, material: water(hex('#2f4a3c'), 0.86) },
    ],
    grass(hex('#67883f')),
  );
  const leaf = [hex('#5f8a33'), hex('#6f9438'), hex('#4d7a35'), hex('#8a9a3a')];
  const solids: Solid[] = [];
  const spots: [number, number, number][] = [
    [-7, 13, 10],
    [9, 15, 11],
    [-5.4, 22, 10],
    [8, 30, 12],
    [-4, 46, 11],
    [9, 48, 12],
    [-5, 64, 12],
    [11, 68, 11],
    [17, 22, 12],
    [20, 40, 13],
    [16, 58, 12],
    [-30, 24, 12],
    [-32, 44, 13],
    [-24, 58, 12],
    [-12, 66, 13],
    [28, 30, 12],
    [0, 84, 13],
    [16, 84, 13],
    [-18, 84, 14],
    [-34, 70, 14],
    [30, 60, 13],
    [34, 84, 14],
  ];
  spots.forEach(([x, z, h], index) =>
    solids.push(
      ...tree(random, x + random(), z + random(), h, leaf[index % leaf.length] as (typeof leaf)[0]),
    ),
  );
  solids.push(
    ...bench(5.4, 13.5, -Math.PI / 2 + 0.2),
    ...bench(-2.6, 30, Math.PI / 2),
    ...bench(6.4, 38, -Math.PI / 2),
    bin(5.2, 16.2),
    ...hedge(14, 10, 14, true, hex('#4a6b33')),
    // The boathouse at the pond.
    box({ x: -29, z: 36, w: 5, h: 3.2, d: 8, material: facade({ wall: hex('#dcd3bf'), bayM: 2 }) }),
    gable({
      x: -29,
      z: 36,
      y: 3.2,
      w: 5,
      length: 8,
      rise: 2.4,
      material: rooftiles(hex('#7d4a38')),
      ends: paint(hex('#c9bda6')),
    }),
  );
  const lanterns = [
    lantern({ x: 4.4, z: 11, on: false }),
    lantern({ x: -2.2, z: 26, on: false }),
    lantern({ x: 5.6, z: 44, on: false }),
  ];
  solids.push(...lanterns.flatMap((one) => one.solids));
  const jogger = (from: number, to: number, startS: number, off: number, coat: string) => ({
    person: somePerson(random, { coat: hex(coat), bag: null, hat: null, skirt: false }),
    way: points(from, to, off),
    speedMps: 3.1,
    running: 0.8,
    startS,
  });
  return {
    view: { from: [-2.2, 5.4, -9], at: [0.2, 2.2, 22], fov: 60 },
    environment: {
      sun: [0.72, 0.42, 0.3],
      sunColour: [1, 0.84, 0.58],
      sunPower: 3,
      sunSize: 0.02,
      zenith: hex('#5d93c9', 0.9),
      horizon: [0.92, 0.86, 0.72],
      glow: [0.7, 0.55, 0.3],
      bounce: [0.2, 0.22, 0.13],
      clouds: { cover: 0.4, bright: [1.2, 1.12, 1], dark: [0.65, 0.66, 0.68] },
      fog: { colour: [0.8, 0.76, 0.6], perM: 0.0024 },
      skyline: [{ height: 0.08, colour: [0.5, 0.52, 0.42], shape: 'hills' }],
    },
    look: { ...plainLook, exposure: 0.95, saturation: 1.08 },
    solids,
    ground: { y: 0, material: ground },
    layers: [
      sway(1.3),
      ripple(0.7, 10),
      dogWalker(random),
      crowd([
        jogger(-6, 84, 1, 0.9, '#d9e04a'),
        jogger(84, -6, 8, -0.9, '#3f6fb0'),
        ...passersBy(random, { from: [2.5, 0, -4], to: [pathX(60), 0, 60], spreadM: 0.5, count: 3 }),
        { person: somePerson(random), way: [[5.3, 0, 13]], yaw: -Math.PI / 2, seated: true },
        { person: somePerson(random), way: [[5.3, 0, 14.1]], yaw: -Math.PI / 2 + 0.3, seated: true },
      ]),
    ],
  };
};

import { boat, boatPaint, ferry, sailBoat, workBoat } from '../kit/boats.ts';
import { hex, plainLook } from '../kit/colour.ts';
import { facade } from '../kit/facades.ts';
import { crowd, flow, passersBy, traffic } from '../kit/flows.ts';
import { railing, streetLamp } from '../kit/furniture.ts';
import { brick, concrete, paint, paving, rooftiles, water, zones } from '../kit/materials.ts';
import { asphalt, lineAlong, marked } from '../kit/roads.ts';
import type { SceneBuilder } from '../kit/scene.ts';
import { beam, box, gable, type Solid } from '../kit/solids.ts';
import { cityBus, someVehicle } from '../kit/vehicles.ts';
import { ripple } from '../kit/weather.ts';
import type { Vec } from '../kit/view.ts';

const waterY = -8;
const half = 8.2;

/** Two steel arches over the deck, with hangers and wind bracing. */
function arches(fromZ: number, toZ: number, rise: number): Solid[] {
  const steel = paint(hex('#4d6f63'), 0.25);
  const list: Solid[] = [];
  const steps = 14;
  const at = (side: number, i: number): Vec => {
    const t = i / steps;
    return [side * half, 0.6 + rise * 4 * t * (1 - t), fromZ + (toZ - fromZ) * t];
  };
  for (const side of [-1, 1])
    for (let i = 0; i < steps; i++) {
      list.push(beam(at(side, i), at(side, i + 1), 0.55, steel, 0.9));
      if (i > 0) {
        const top = at(side, i);
        list.push(beam([top[0], 0.2, top[2]], top, 0.13, steel));
      }
    }
  for (let i = 4; i <= steps - 4; i += 2) list.push(beam(at(-1, i), at(1, i), 0.35, steel));
  return list;
}

/** Houses of the far bank. */
function farBank(random: () => number): Solid[] {
  const walls = ['#c98d5e', '#d9b48a', '#b4664a', '#dac7a4', '#a8744e', '#c9a36c'].map((text) => hex(text));
  const list: Solid[] = [
    box({
      x: 0,
      z: 236,
      y: waterY - 1,
      w: 700,
      h: 9.2,
      d: 60,
      material: brick(hex('#8c7f70'), hex('#6f675d'), 1.2, 0.5),
      top: paving(hex('#9d9588'), 1),
    }),
  ];
  for (let x = -190; x < 190;) {
    const w = 11 + random() * 12;
    if (Math.abs(x + w / 2) > 13) {
      const h = 11 + random() * 13;
      const wall = walls[Math.floor(random() * walls.length)] as (typeof walls)[0];
      list.push(
        box({
          x: x + w / 2,
          z: 224 + random() * 3,
          y: 1.2,
          w: w - 0.2,
          h,
          d: 16,
          material: facade({ wall, lit: 0.1, litPower: 0.8 }),
        }),
      );
      if (random() < 0.7)
        list.push(
          gable({
            x: x + w / 2,
            y: 1.2 + h,
            z: 224,
            w: 16,
            length: w,
            rise: 5,
            yaw: Math.PI / 2,
            material: rooftiles(hex('#70452f')),
            ends: paint(wall),
          }),
        );
    }
    x += w;
  }
  // A church tower marks the old town.
  list.push(
    box({
      x: 62,
      z: 240,
      y: 1,
      w: 9,
      h: 38,
      d: 9,
      material: facade({ wall: hex('#b39a78'), bayM: 4.5, floorM: 8, windowH: 3 }),
    }),
  );
  list.push(
    gable({ x: 62, y: 39, z: 240, w: 9, length: 9.4, rise: 19, material: rooftiles(hex('#4d6a5c')) }),
  );
  return list;
}

/** A steel arch bridge in early sun: traffic on the deck, boats on the river. */
export const harbourBridge: SceneBuilder = (random) => {
  const deck = zones(
    [
      {
        where: (x) => Math.abs(x) < 5.6,
        material: marked(asphalt({ tracks: [-3.6, -2, 2, 3.6] }), [
          lineAlong(0, 0.15, -40, 210, 3, 4),
          lineAlong(-5.3, 0.15, -40, 210),
          lineAlong(5.3, 0.15, -40, 210),
        ]),
      },
    ],
    paving(hex('#a89e90'), 0.9),
  );
  const stone = brick(hex('#9a8b78'), hex('#6f675d'), 1.2, 0.6);
  const solids: Solid[] = [
    box({
      x: 0,
      z: 85,
      y: -1.1,
      w: half * 2 + 3.4,
      h: 1.1,
      d: 260,
      material: paint(hex('#56695f')),
      top: deck,
    }),
    ...[22, 158].map((z) => box({ x: 0, z, y: waterY - 1, w: half * 2 + 6, h: 8, d: 5, material: stone })),
    ...arches(24, 156, 17),
    ...railing([-9.7, 0, -30], [-9.7, 0, 200], 1.15, 3),
    ...railing([9.7, 0, -30], [9.7, 0, 200], 1.15, 3),
    box({
      x: -42,
      z: -8,
      y: waterY - 1,
      w: 56,
      h: 9,
      d: 60,
      material: stone,
      top: paving(hex('#9d9588'), 1),
    }),
    ...farBank(random),
    box({ x: 36, z: 8, y: waterY - 0.6, w: 12, h: 1.5, d: 26, material: concrete(hex('#8b8479'), 0) }),
  ];
  for (const z of [12, 44, 76, 108, 140])
    for (const side of [-1, 1])
      solids.push(
        ...streetLamp({ x: side * 6.3, z, armYaw: (-side * Math.PI) / 2, armM: 1.4, heightM: 7, on: false })
          .solids,
      );
  const stream = (x: number, starts: number[], way: 1 | -1, bus = -1) =>
    flow(random, {
      points:
        way > 0
          ? [
              [x, 0, -45],
              [x, 0, 215],
            ]
          : [
              [x, 0, 215],
              [x, 0, -45],
            ],
      starts,
      speedMps: 12.5,
      vehicle: (index) => (index === bus ? cityBus(0.35) : someVehicle(random)),
    });
  return {
    view: { from: [12.8, 8.6, -17], at: [5.5, 1.2, 48], fov: 66 },
    environment: {
      sun: [0.42, 0.2, 0.88],
      sunColour: [1, 0.62, 0.32],
      sunPower: 2.6,
      sunSize: 0.02,
      zenith: hex('#5b7fa8', 0.75),
      horizon: [0.85, 0.55, 0.34],
      glow: [1.5, 0.72, 0.28],
      bounce: [0.22, 0.17, 0.14],
      clouds: { cover: 0.52, bright: [0.95, 0.6, 0.4], dark: [0.42, 0.36, 0.42], scale: 0.8 },
      fog: { colour: [0.72, 0.47, 0.32], perM: 0.0012 },
      skyline: [
        { height: 0.075, colour: [0.55, 0.4, 0.36], shape: 'hills' },
        { height: 0.05, colour: [0.42, 0.31, 0.29], shape: 'town' },
      ],
    },
    look: { ...plainLook, exposure: 0.95, saturation: 1.1, vignette: 0.34 },
    solids,
    ground: { y: waterY, material: water(hex('#26404a'), 0.62) },
    layers: [
      ripple(1, 16),
      boat({
        model: ferry(30),
        palette: boatPaint('#24475a', '#c9572e', 0.5),
        way: [
          [150, 0, 118],
          [20, 0, 96],
          [-120, 0, 92],
        ],
        speedMps: 6,
        startS: 3,
        waterY,
        lengthM: 30,
      }),
      boat({
        model: workBoat(13),
        palette: boatPaint('#7a2b24', '#e0b040'),
        way: [
          [44, 0, -2],
          [52, 0, 40],
          [82, 0, 130],
          [160, 0, 190],
        ],
        speedMps: 5.2,
        startS: 0,
        waterY,
        lengthM: 13,
      }),
      boat({
        model: sailBoat(9),
        palette: boatPaint('#e8e6de', '#24475a'),
        way: [
          [140, 0, 180],
          [40, 0, 158],
          [-150, 0, 165],
        ],
        speedMps: 2.3,
        startS: 8,
        waterY,
        lengthM: 9,
      }),
      boat(
        {
          model: workBoat(9),
          palette: boatPaint('#2f4a3d', '#b3382c'),
          way: [[28.5, 0, 16]],
          speedMps: 0,
          waterY,
          lengthM: 9,
        },
        0.1,
      ),
      traffic([stream(2.8, [0.4, 5.2, 9.8, 15.4], 1), stream(-2.8, [2.1, 7.4, 12.2, 17.2], -1, 2)], {
        dusk: true,
      }),
      crowd([
        ...passersBy(random, { from: [7.6, 0, -12], to: [7.6, 0, 120], spreadM: 0.8, count: 5 }),
        ...passersBy(random, { from: [-7.6, 0, 0], to: [-7.6, 0, 120], spreadM: 0.8, count: 4 }),
      ]),
    ],
  };
};

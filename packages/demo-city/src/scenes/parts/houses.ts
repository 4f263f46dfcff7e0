import { hex, type Rgb } from '../../kit/colour.ts';
import { facade, type FacadeOptions } from '../../kit/facades.ts';
import { brick, concrete, paint, rooftiles } from '../../kit/materials.ts';
import { pick, type Random } from '../../kit/random.ts';
import { box, gable, type Solid } from '../../kit/solids.ts';

const warmWalls: readonly Rgb[] = [
  '#c9b28c',
  '#b98f6a',
  '#d9cdb4',
  '#a9573f',
  '#c7a06a',
  '#8f6a52',
  '#dcd6c8',
  '#b5654a',
].map((t) => hex(t));
export const oldWalls: readonly Rgb[] = [
  '#d8b46a',
  '#c4745a',
  '#e2d6bc',
  '#8fa58c',
  '#b9c3c8',
  '#d69a7a',
  '#cfc3a0',
  '#a7614a',
].map((t) => hex(t));

export interface TerraceOptions {
  /** The side of the street: x of the house fronts. Houses stand away from x = 0. */
  frontX: number;
  fromZ: number;
  toZ: number;
  walls?: readonly Rgb[];
  /** Width of a house along the street, metres. */
  wide?: readonly [number, number];
  high?: readonly [number, number];
  deep?: number;
  facade?: Partial<FacadeOptions>;
  roof?: 'flat' | 'gable' | 'street';
  roofColour?: Rgb;
}

/** A row of houses along z, each of its own height and colour, with roofs, chimneys and a cornice. */
export function terrace(random: Random, o: TerraceOptions): Solid[] {
  const { wide = [9, 15], high = [10, 17], deep = 14, roof = 'flat', walls = warmWalls } = o;
  const away = Math.sign(o.frontX) || 1;
  const list: Solid[] = [];
  let last: Rgb | null = null;
  for (let z = o.fromZ; z < o.toZ - 3;) {
    const w = Math.min(o.toZ - z, wide[0] + random() * (wide[1] - wide[0]));
    const h = high[0] + random() * (high[1] - high[0]);
    let wall = pick(random, walls);
    if (wall === last) wall = pick(random, walls);
    last = wall;
    const bricks = random() < 0.4;
    const front = facade({
      wall,
      bricks,
      bands: random() < 0.5,
      bayM: 2.2 + random() * 0.8,
      windowH: 1.5 + random() * 0.4,
      floorM: 3 + random() * 0.4,
      ...o.facade,
    });
    const x = o.frontX + (away * deep) / 2;
    list.push(
      box({ x, z: z + w / 2, w: deep, h, d: w - 0.02, material: front, top: concrete(hex('#7d7a74')) }),
    );
    list.push(
      ...roofOf(random, {
        x,
        z: z + w / 2,
        w,
        h,
        deep,
        away,
        wall,
        bricks,
        roof,
        ...(o.roofColour && { colour: o.roofColour }),
      }),
    );
    z += w;
  }
  return list;
}

function roofOf(
  random: Random,
  o: {
    x: number;
    z: number;
    w: number;
    h: number;
    deep: number;
    away: number;
    wall: Rgb;
    bricks: boolean;
    roof: string;
    colour?: Rgb;
  },
): Solid[] {
  const tiles = rooftiles(o.colour ?? pick(random, [hex('#7a4a38'), hex('#5b5753'), hex('#8a5a42')]));
  const list: Solid[] = [];
  if (o.roof === 'flat') {
    list.push(
      box({
        x: o.x - (o.away * o.deep) / 2 + o.away * 0.1,
        z: o.z,
        y: o.h - 0.35,
        w: 0.6,
        h: 0.5,
        d: o.w,
        material: paint(o.wall),
      }),
    );
    if (random() < 0.6)
      list.push(
        box({
          x: o.x,
          z: o.z + (random() - 0.5) * o.w * 0.5,
          y: o.h,
          w: 3,
          h: 2.4,
          d: 3,
          material: concrete(),
        }),
      );
  } else if (o.roof === 'street') {
    // The ridge runs along the street.
    list.push(
      gable({
        x: o.x,
        y: o.h,
        z: o.z,
        w: o.deep,
        length: o.w,
        rise: o.deep * 0.32,
        material: tiles,
        ends: paint(o.wall),
      }),
    );
  } else {
    // The gable looks at the street.
    const rise = o.w * 0.55;
    list.push(
      gable({
        x: o.x,
        y: o.h,
        z: o.z,
        w: o.w - 0.6,
        length: o.deep,
        rise,
        yaw: Math.PI / 2,
        material: tiles,
        ends: o.bricks ? brick(o.wall) : paint(o.wall),
      }),
    );
  }
  if (random() < 0.7 || o.roof !== 'flat')
    list.push(
      box({
        x: o.x,
        z: o.z + o.w * 0.3,
        y: o.h,
        w: 0.9,
        h: o.roof === 'flat' ? 1.4 : o.deep * 0.36,
        d: 0.9,
        material: brick(hex('#8a4f3d')),
      }),
    );
  return list;
}

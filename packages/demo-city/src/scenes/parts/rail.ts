import { hex } from '../../kit/colour.ts';
import type { Layer } from '../../kit/layers.ts';
import { Model, tube } from '../../kit/model.ts';
import { castShadow } from '../../kit/shadows.ts';
import type { Finish, Stage } from '../../kit/stage.ts';
import { driveLane, onTheWay, Route, steady, type Journey } from '../../kit/traffic.ts';
import { coach } from '../../kit/large-vehicle-models.ts';
import type { Vec } from '../../kit/view.ts';
import { loopS } from '../../loop.ts';

const tramCar = coach({ length: 11, half: 1.22, height: 3.35, cab: true, panes: 6 });
const trainCar = coach({ length: 21, half: 1.42, height: 3.9, panes: 9 });
const trainHead = coach({ length: 21, half: 1.42, height: 3.9, cab: true, panes: 8 });
const bellows = new Model().box([-1.05, 0.6, -0.4], [1.05, 3.1, 0.4], 2);

export interface RailOptions {
  /** Runs along z at `x`, or along x at `z` when `across`. */
  x: number;
  fromZ: number;
  toZ: number;
  across?: boolean;
  kind: 'tram' | 'train';
  startS: number;
  speedMps?: number;
  cars?: number;
  /** Where its middle halts, and how long. */
  stopAt?: { z: number; forS: number };
  /** Body and skirt. */
  colours: readonly [string, string];
  inside?: number;
  lampsOn?: boolean;
  /** Height of the rails over the ground. */
  y?: number;
}

/** A tram or train on its line: it comes, halts where it should, and goes. */
export function railLine(o: RailOptions): Layer {
  const { kind, across = false, y = 0, lampsOn = false } = o;
  const cars = o.cars ?? (kind === 'tram' ? 3 : 5);
  const length = kind === 'tram' ? 11.5 : 21.6;
  const ends: [Vec, Vec] = across
    ? [
        [o.fromZ, y, o.x],
        [o.toZ, y, o.x],
      ]
    : [
        [o.x, y, o.fromZ],
        [o.x, y, o.toZ],
      ];
  const route = new Route(ends, 1);
  const speedMps = o.speedMps ?? 11;
  const half = (cars * length) / 2;
  const halt = o.stopAt ? Math.abs(o.stopAt.z - o.fromZ) : 0;
  const journey: Journey = o.stopAt
    ? (driveLane({
        lengthM: route.length,
        loopS,
        speedMps,
        departures: [{ atS: o.startS, lengthM: cars * length }],
        halts: [{ departure: 0, atM: halt + half, forS: o.stopAt.forS }],
      })[0] as Journey)
    : steady(o.startS, route.length, speedMps);
  const palette: Finish[] = [
    { colour: hex(o.colours[0]), gloss: 0.35 },
    o.inside ? { colour: [1, 0.88, 0.66], glow: o.inside } : { colour: [0.03, 0.036, 0.045], gloss: 0.9 },
    { colour: [0.025, 0.025, 0.028] },
    { colour: [0.02, 0.02, 0.02] },
    { colour: [0.25, 0.26, 0.27] },
    { colour: [1, 0.96, 0.86], glow: lampsOn ? 3 : 0.5 },
    { colour: [0.6, 0.03, 0.03], glow: lampsOn ? 2 : 0.3 },
    { colour: hex(o.colours[1]), gloss: 0.3 },
    { colour: [1, 0.62, 0.18], glow: 0.9 },
  ];
  const each = (
    stage: Stage,
    visit: (place: { x: number; y: number; z: number; yaw: number }, car: number) => void,
  ) => {
    for (const { distance } of onTheWay(journey, stage.time, loopS))
      for (let car = 0; car < cars; car++) {
        const at = distance + ((cars - 1) / 2 - car) * length;
        if (at > 0 && at < route.length) visit(route.place(at), car);
      }
  };
  const shape = kind === 'tram' ? tramCar : trainCar;
  return {
    under: (stage) =>
      each(stage, (place) => {
        stage.lightAt(place.x, place.y, place.z);
        castShadow(stage, { ...place, w: shape.width, d: shape.length + 0.6, h: shape.height });
      }),
    things: (stage) =>
      each(stage, (place, car) => {
        stage.lightAt(place.x, place.y + 1.5, place.z);
        const model = kind === 'tram' ? tramCar : car === 0 || car === cars - 1 ? trainHead : trainCar;
        model.model.draw(stage, place, palette);
        if (car > 0) {
          const [sx, sz] = [Math.sin(place.yaw), Math.cos(place.yaw)];
          bellows.draw(
            stage,
            { ...place, x: place.x + (sx * length) / 2, z: place.z + (sz * length) / 2 },
            palette,
          );
        }
        if (kind === 'tram' && car === 1) {
          const roof: Vec = [place.x, place.y + 3.6, place.z];
          const wire: Vec = [place.x, place.y + 5.88, place.z + 0.5];
          tube(
            stage,
            roof,
            [place.x, place.y + 4.7, place.z - 0.7],
            0.05,
            0.05,
            { colour: [0.1, 0.1, 0.1] },
            4,
          );
          tube(
            stage,
            [place.x, place.y + 4.7, place.z - 0.7],
            wire,
            0.05,
            0.05,
            { colour: [0.1, 0.1, 0.1] },
            4,
          );
        }
      }),
    over: (stage) => {
      if (lampsOn)
        each(stage, (place, car) => {
          if (car > 0) return;
          const [sx, sz] = [Math.sin(place.yaw), Math.cos(place.yaw)];
          for (const side of [-0.9, 0.9])
            stage.glow(
              [
                place.x + sx * (shape.length / 2 + 0.1) + sz * side,
                place.y + 1,
                place.z + sz * (shape.length / 2 + 0.1) - sx * side,
              ],
              1.1,
              [0.8, 0.76, 0.66],
            );
        });
    },
  };
}

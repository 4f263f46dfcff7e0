import { Model } from './model.ts';
import { cabin, lamps, section, Slot, wheels, type Station, type VehicleModel } from './vehicle-models.ts';
import type { Vec } from './view.ts';

function slab(
  model: Model,
  half: number,
  z0: number,
  z1: number,
  y0: number,
  y1: number,
  slot: number,
  round = 0.12,
) {
  const ring = (z: number, inset: number): Vec[] => {
    const w = half - inset;
    const [lo, hi] = [y0 + inset, y1 - inset];
    return [
      [-w, lo, z],
      [-w, hi - round, z],
      [-w + round, hi, z],
      [w - round, hi, z],
      [w, hi - round, z],
      [w, lo, z],
    ];
  };
  model.loft([ring(z0, 0.06), ring(z0 + 0.12, 0), ring(z1 - 0.12, 0), ring(z1, 0.06)], slot, false);
}

function sidePanes(
  model: Model,
  half: number,
  y0: number,
  y1: number,
  z0: number,
  z1: number,
  panes: number,
): void {
  const step = (z1 - z0) / panes;
  for (const s of [-1, 1])
    for (let i = 0; i < panes; i++) {
      const [a, b] = [z0 + i * step + 0.07, z0 + (i + 1) * step - 0.07];
      const x = s * (half + 0.012);
      model.side(
        [
          [x, y0, a],
          [x, y0, b],
          [x, y1, b],
          [x, y1, a],
        ],
        [s, 0, 0],
        Slot.glass,
      );
    }
}

function endPane(
  model: Model,
  half: number,
  y0: number,
  y1: number,
  z: number,
  way: number,
  slot: number = Slot.glass,
): void {
  model.side(
    [
      [-half, y0, z],
      [half, y0, z],
      [half, y1, z],
      [-half, y1, z],
    ],
    [0, 0, way],
    slot,
  );
}

function makeVan(): VehicleModel {
  const model = new Model();
  slab(model, 0.98, -2.7, 1.55, 0.3, 2.35, Slot.body);
  const nose: Station[] = [
    [1.4, 0.98, 0.3, 1.25, 1.35],
    [2.3, 0.96, 0.3, 1.1, 1.18],
    [2.7, 0.86, 0.36, 0.85, 0.95],
  ];
  model.loft(nose.map(section), Slot.body);
  cabin(model, { z0: 1.2, z1: 2.25, r0: 1.2, r1: 1.55, half: 1.0, belt: 1.2, roof: 2.3 });
  endPane(model, 0.8, 1.35, 2.05, -2.715, -1);
  endPane(model, 0.7, 0.45, 0.62, 2.715, 1, Slot.trim);
  wheels(model, 0.36, 0.96, [-1.75, 1.75]);
  return { model, length: 5.4, width: 1.96, height: 2.35, ...lamps(model, 0.95, 2.66, -2.7, 0.8) };
}
export const van = makeVan();

function makeTruck(): VehicleModel {
  const model = new Model();
  slab(model, 1.25, -4.6, 2.1, 1.05, 3.75, Slot.second, 0.04);
  model.box([-1.1, 0.55, -4.4], [1.1, 1.05, 2.4], Slot.trim);
  slab(model, 1.2, 2.35, 4.5, 0.5, 3.1, Slot.body, 0.25);
  endPane(model, 1.05, 1.75, 2.75, 4.515, 1);
  endPane(model, 0.9, 0.6, 0.95, 4.515, 1, Slot.trim);
  sidePanes(model, 1.2, 1.75, 2.65, 3.1, 4.3, 1);
  endPane(model, 1.15, 1.2, 3.6, -4.61, -1, Slot.hub);
  wheels(model, 0.5, 1.2, [-3.4, -2.3, 3.3]);
  const lit = lamps(model, 1.1, 4.5, -4.62, 0.85, 0.18);
  return { model, length: 9.2, width: 2.5, height: 3.75, ...lit };
}
export const boxTruck = makeTruck();

function makeBus(): VehicleModel {
  const model = new Model();
  slab(model, 1.27, -5.9, 5.9, 0.32, 3.05, Slot.body, 0.18);
  model.box([-1.28, 0.32, -5.85], [1.28, 0.75, 5.85], Slot.second);
  sidePanes(model, 1.27, 1.2, 2.55, -5.6, 5.6, 8);
  endPane(model, 1.12, 1.0, 2.45, 5.915, 1);
  endPane(model, 1.0, 1.5, 2.5, -5.915, -1);
  endPane(model, 0.85, 2.55, 2.88, 5.92, 1, Slot.sign);
  endPane(model, 0.5, 2.6, 2.85, -5.92, -1, Slot.sign);
  wheels(model, 0.48, 1.26, [-3.2, 3.6]);
  return { model, length: 11.8, width: 2.54, height: 3.05, ...lamps(model, 1.2, 5.9, -5.9, 0.75, 0.18) };
}
export const bus = makeBus();

/** One car of a tram or train: `cab` where it has a driver's window. */
export function coach(o: {
  length: number;
  half: number;
  height: number;
  cab?: boolean;
  panes: number;
}): VehicleModel {
  const model = new Model();
  const e = o.length / 2;
  slab(model, o.half, -e, e, 0.45, o.height, Slot.body, 0.3);
  model.box([-o.half - 0.01, 0.4, -e + 0.1], [o.half + 0.01, 1.0, e - 0.1], Slot.second);
  model.box([-o.half * 0.8, 0.1, -e + 0.6], [o.half * 0.8, 0.5, e - 0.6], Slot.trim);
  model.box([-o.half * 0.6, o.height, -e + 1], [o.half * 0.6, o.height + 0.25, e - 1], Slot.hub);
  sidePanes(model, o.half + 0.005, 1.35, o.height - 0.75, -e + 0.5, e - 0.5, o.panes);
  if (o.cab)
    for (const way of [-1, 1]) {
      endPane(model, o.half * 0.82, 1.25, o.height - 0.7, way * (e + 0.015), way);
      endPane(model, o.half * 0.6, o.height - 0.62, o.height - 0.32, way * (e + 0.015), way, Slot.sign);
    }
  return {
    model,
    length: o.length,
    width: o.half * 2,
    height: o.height,
    ...lamps(model, o.half, e, -e, 0.95, 0.15),
  };
}

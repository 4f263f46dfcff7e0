import type { Layer } from './layers.ts';
import { drawPerson, shadePerson, somePerson, type Person, type Pose } from './people.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';
import { loopS } from '../loop.ts';
import { driveLane, onTheWay, Route, steady, type Journey, type LaneOptions } from './traffic.ts';
import {
  drawVehicle,
  glowVehicle,
  lightRoad,
  shadeVehicle,
  someVehicle,
  type Vehicle,
  type VehicleState,
} from './vehicles.ts';
import type { Vec } from './view.ts';

export interface Flow {
  route: Route;
  vehicles: Vehicle[];
  journeys: Journey[];
  /** Which indicator blinks along the way. */
  turning?: (distance: number) => number;
}

export interface FlowOptions {
  points: readonly Vec[];
  turnM?: number;
  /** When in each loop a vehicle sets off, seconds. */
  starts: readonly number[];
  speedMps?: number;
  stops?: LaneOptions['stops'];
  halts?: LaneOptions['halts'];
  /** Chooses the vehicle of a departure; the usual mix without. */
  vehicle?: (index: number) => Vehicle;
  turning?: (distance: number) => number;
}

/** Vehicles along one lane. */
export function flow(random: Random, o: FlowOptions): Flow {
  const route = new Route(o.points, o.turnM ?? 6);
  const vehicles = o.starts.map((_, index) => o.vehicle?.(index) ?? someVehicle(random));
  const journeys = driveLane({
    lengthM: route.length,
    loopS,
    speedMps: o.speedMps ?? 11.5,
    departures: o.starts.map((atS, index) => ({ atS, lengthM: (vehicles[index] as Vehicle).shape.length })),
    ...(o.stops && { stops: o.stops }),
    ...(o.halts && { halts: o.halts }),
  });
  return { route, vehicles, journeys, ...(o.turning && { turning: o.turning }) };
}

/** Draws vehicles of several lanes. */
export function traffic(
  flows: readonly Flow[],
  {
    night = false,
    wet = false,
    dusk = false,
    beam = 0.9,
  }: { night?: boolean; wet?: boolean; dusk?: boolean; beam?: number } = {},
): Layer {
  const each = (
    stage: Stage,
    visit: (v: Vehicle, place: ReturnType<Route['place']>, state: VehicleState) => void,
  ) => {
    for (const { route, vehicles, journeys, turning } of flows)
      journeys.forEach((journey, index) => {
        for (const { distance, braking } of onTheWay(journey, stage.time, loopS))
          visit(vehicles[index] as Vehicle, route.place(distance), {
            lampsOn: night || wet || dusk,
            braking,
            turning: turning?.(distance) ?? 0,
          });
      });
  };
  return {
    under: (stage) => {
      if (night) each(stage, (v, place, state) => lightRoad(stage, v, place, state, beam));
      each(stage, (v, place) => shadeVehicle(stage, v, place));
    },
    things: (stage) => each(stage, (v, place, state) => drawVehicle(stage, v, place, state)),
    over: (stage) => each(stage, (v, place, state) => glowVehicle(stage, v, place, state, wet)),
  };
}

export interface Walker {
  person: Person;
  /** Way on foot; one point stands still. */
  way: readonly Vec[];
  speedMps?: number;
  /** When in the loop they set off, seconds. */
  startS?: number;
  /** Where they look while standing, radians. */
  yaw?: number;
  running?: number;
  seated?: boolean;
  arm?: number;
}

/** People on their ways, all repeating with the loop. */
export function crowd(walkers: readonly Walker[]): Layer {
  const list = walkers.map((walker) => {
    const route = walker.way.length > 1 ? new Route(walker.way, 0.4) : null;
    const journey = route ? steady(walker.startS ?? 0, route.length, walker.speedMps ?? 1.35) : null;
    return { walker, route, journey };
  });
  const each = (stage: Stage, visit: (person: Person, pose: Pose) => void) => {
    for (const { walker, route, journey } of list) {
      const { person, running = 0, seated = false, arm = 0 } = walker;
      if (!route || !journey) {
        const [x, y, z] = walker.way[0] as Vec;
        const idle = (stage.time / loopS) * 6.2832 * 4 + x;
        const yaw = (walker.yaw ?? 0) + 0.16 * Math.sin((stage.time / loopS) * 6.2832 * 2 + z);
        visit(person, { x, y, z, yaw, walked: null, idle, seated, arm });
        continue;
      }
      for (const { distance } of onTheWay(journey, stage.time, loopS)) {
        const { x, y, z, yaw } = route.place(distance);
        visit(person, { x, y, z, yaw, walked: distance, running, arm });
      }
    }
  };
  return {
    under: (stage) => each(stage, (person, pose) => shadePerson(stage, person, pose)),
    things: (stage) => each(stage, (person, pose) => drawPerson(stage, person, pose)),
  };
}

/** Passers-by along a band: half one way, half the other, spread over time. */
export function passersBy(
  random: Random,
  o: {
    from: Vec;
    to: Vec;
    spreadM: number;
    count: number;
    speedMps?: number;
    person?: () => Partial<Person>;
  },
): Walker[] {
  const [dx, dz] = [o.to[0] - o.from[0], o.to[2] - o.from[2]];
  const length = Math.hypot(dx, dz) || 1;
  return Array.from({ length: o.count }, (_, index): Walker => {
    const off = (random() - 0.5) * 2 * o.spreadM;
    const drift = (random() - 0.5) * o.spreadM * 0.5;
    const shift = (p: Vec, by: number): Vec => [p[0] - (dz / length) * by, p[1], p[2] + (dx / length) * by];
    const way: Vec[] = [shift(o.from, off), shift(o.to, off + drift)];
    return {
      person: somePerson(random, o.person?.()),
      way: index % 2 === 0 ? way : way.toReversed(),
      speedMps: (o.speedMps ?? 1.3) * (0.85 + random() * 0.35),
      startS: ((index + random() * 0.8) / o.count) * loopS,
    };
  });
}

import { type Vec, normalize, minus } from './view.ts';

/** A route through points, its corners rounded by a curve; distances along it in metres. */
export class Route {
  readonly length: number;
  private readonly points: Vec[] = [];
  private readonly at: number[] = [0];

  /** @param turnM how far before and after a corner the curve begins */
  constructor(corners: readonly Vec[], turnM = 6) {
    const first = corners[0] as Vec;
    this.points.push(first);
    for (let i = 1; i < corners.length; i++) {
      const a = corners[i - 1] as Vec;
      const b = corners[i] as Vec;
      const c = corners[i + 1];
      if (!c) {
        this.points.push(b);
        continue;
      }
      const into = normalize(minus(b, a));
      const out = normalize(minus(c, b));
      for (let step = 0; step <= 8; step++) {
        const t = step / 8;
        const [p, q, r] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
        const on = (k: 0 | 1 | 2) => p * (b[k] - into[k] * turnM) + q * b[k] + r * (b[k] + out[k] * turnM);
        this.points.push([on(0), on(1), on(2)]);
      }
    }
    for (let i = 1; i < this.points.length; i++) {
      const [a, b] = [this.points[i - 1] as Vec, this.points[i] as Vec];
      this.at.push((this.at[i - 1] as number) + Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]));
    }
    this.length = this.at.at(-1) as number;
  }

  /** Where a thing is after `distance` metres, and which way it looks. */
  place(distance: number): { x: number; y: number; z: number; yaw: number; pitch: number } {
    let i = 1;
    while (i < this.at.length - 1 && (this.at[i] as number) < distance) i++;
    const a = this.points[i - 1] as Vec;
    const b = this.points[i] as Vec;
    const from = this.at[i - 1] as number;
    const span = (this.at[i] as number) - from || 1;
    const t = (distance - from) / span;
    const yawOf = (k: number) => {
      const p = this.points[Math.max(0, k - 1)] as Vec;
      const q = this.points[Math.min(this.points.length - 1, k)] as Vec;
      return Math.atan2(q[0] - p[0], q[2] - p[2]);
    };
    const here = yawOf(i);
    let next = yawOf(Math.min(this.points.length - 1, i + 1)) - here;
    if (next > Math.PI) next -= 2 * Math.PI;
    if (next < -Math.PI) next += 2 * Math.PI;
    const bend = Math.max(0, Math.min(1, t - 0.5)) * next;
    return {
      x: a[0] + (b[0] - a[0]) * t,
      y: a[1] + (b[1] - a[1]) * t,
      z: a[2] + (b[2] - a[2]) * t,
      yaw: here + bend,
      pitch: Math.asin((b[1] - a[1]) / span),
    };
  }
}

/** One thing's way along a route over its life, sampled; repeats with each loop. */
export interface Journey {
  /** When in the loop it sets off, seconds. */
  startS: number;
  /** Metres along the route, one every `stepS`. */
  distances: Float32Array;
  braking: Uint8Array;
}

export const stepS = 1 / 15;

/** Where the things of a journey are at a moment of the loop: a long journey has one on its way from each loop before. */
export function onTheWay(
  journey: Journey,
  timeS: number,
  loopS: number,
): { distance: number; braking: boolean; age: number; turn: number }[] {
  const list = [];
  const since = (((timeS - journey.startS) % loopS) + loopS) % loopS;
  for (let turn = 0; turn < 12; turn++) {
    const age = since + turn * loopS;
    const step = age / stepS;
    const i = Math.floor(step);
    if (i + 1 >= journey.distances.length) break;
    const a = journey.distances[i] as number;
    const b = journey.distances[i + 1] as number;
    list.push({ distance: a + (b - a) * (step - i), braking: journey.braking[i] === 1, age, turn });
  }
  return list;
}

/** A thing that goes along at one speed, metres a second. */
export function steady(startS: number, length: number, speedMps: number): Journey {
  const steps = Math.ceil(length / speedMps / stepS) + 1;
  return {
    startS,
    distances: Float32Array.from({ length: steps }, (_, i) => i * stepS * speedMps),
    braking: new Uint8Array(steps),
  };
}

export interface LaneOptions {
  lengthM: number;
  loopS: number;
  /** When vehicles set off in each loop, seconds, and how long each is. */
  departures: readonly { atS: number; lengthM: number }[];
  speedMps: number;
  /** Where they must stop, and when they may go on. */
  stops?: readonly { atM: number; open: (timeS: number) => boolean }[];
  /** Stops of their own, such as a bus at its stop: where and how long. */
  halts?: readonly { departure: number; atM: number; forS: number }[];
}

interface Driver {
  departure: number;
  born: number;
  at: number;
  speed: number;
  lengthM: number;
  haltedS: number;
  track: number[];
  brakes: number[];
}

/**
 * Drives a lane through several loops until it repeats itself, and returns the last loop's journeys. Vehicles keep
 * their distance, stop at closed stops and take a moment to start, as drivers do (intelligent driver model).
 */
export function driveLane(o: LaneOptions): Journey[] {
  const warmLoops = 3;
  const stepsPerLoop = Math.round(o.loopS / stepS);
  const drivers: Driver[] = [];
  const done: Driver[] = [];
  const lastStep = stepsPerLoop * (warmLoops + 8);
  for (let step = 0; step < lastStep; step++) {
    const timeS = (step % stepsPerLoop) * stepS;
    o.departures.forEach(({ atS, lengthM }, departure) => {
      if (Math.round(atS / stepS) !== step % stepsPerLoop) return;
      const before = drivers.at(-1);
      const speed = before && before.at < 22 ? Math.min(o.speedMps, before.speed + 2) : o.speedMps;
      drivers.push({ departure, born: step, at: 0, speed, lengthM, haltedS: 0, track: [], brakes: [] });
    });
    drivers.forEach((driver, index) => drive(o, driver, drivers[index - 1], timeS));
    while (drivers[0] && drivers[0].at >= o.lengthM) done.push(drivers.shift() as Driver);
    const settled = done.filter(({ born }) => Math.floor(born / stepsPerLoop) === warmLoops);
    if (settled.length === o.departures.length) return settled.map((d) => journeyOf(d, stepsPerLoop));
  }
  return done
    .filter(({ born }) => Math.floor(born / stepsPerLoop) === warmLoops)
    .map((d) => journeyOf(d, stepsPerLoop));
}

const journeyOf = (driver: Driver, stepsPerLoop: number): Journey => ({
  startS: (driver.born % stepsPerLoop) * stepS,
  distances: Float32Array.from(driver.track),
  braking: Uint8Array.from(driver.brakes),
});

function drive(o: LaneOptions, driver: Driver, ahead: Driver | undefined, timeS: number): void {
  const { speedMps, stops = [], halts = [] } = o;
  const front = driver.at + driver.lengthM / 2;
  let gap = ahead ? ahead.at - ahead.lengthM / 2 - front : 1e3;
  let other = ahead ? ahead.speed : speedMps;
  const wait = (at: number) => {
    if (at < front - 0.5 || at - front >= gap) return;
    gap = at - front;
    other = 0;
  };
  for (const { atM, open } of stops)
    if (!open(timeS) && atM - front > (driver.speed * driver.speed) / 9 - 1.5) wait(atM);
  for (const { departure, atM, forS } of halts)
    if (departure === driver.departure && driver.haltedS < forS) {
      wait(atM);
      if (atM - front < 2.6 && driver.speed < 0.3) driver.haltedS += stepS;
    }
  const closing = driver.speed - other;
  const wish = 2.2 + driver.speed * 1.1 + (driver.speed * closing) / (2 * Math.sqrt(1.9 * 2.6));
  const push = 1.9 * (1 - (driver.speed / speedMps) ** 4 - (Math.max(0, wish) / Math.max(0.3, gap)) ** 2);
  const change = Math.max(-6, push);
  driver.speed = Math.max(0, driver.speed + change * stepS);
  driver.track.push(driver.at);
  driver.brakes.push(change < -0.7 || (driver.speed < 0.4 && other < 0.5) ? 1 : 0);
  driver.at += driver.speed * stepS;
}

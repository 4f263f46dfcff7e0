import { describe, expect, test } from 'vitest';
import { loopS } from '../loop.ts';
import { driveLane, onTheWay, Route, stepS } from './traffic.ts';

const lane = (open: (t: number) => boolean) =>
  driveLane({
    lengthM: 200,
    loopS,
    speedMps: 12,
    departures: [1, 6, 12].map((atS) => ({ atS, lengthM: 4.5 })),
    stops: [{ atM: 120, open }],
  });

describe('driveLane', () => {
  test('gives every departure a journey to the end of the lane', () => {
    const journeys = lane(() => true);
    expect(journeys).toHaveLength(3);
    for (const { distances } of journeys) expect(distances.at(-1)).toBeGreaterThan(198);
  });

  test('never lets a bumper cross a closed stop', () => {
    const open = (t: number) => t > 2 && t < 9;
    for (const { startS, distances } of lane(open))
      for (let i = 1; i < distances.length; i++) {
        const [before, after] = [(distances[i - 1] as number) + 2.25, (distances[i] as number) + 2.25];
        if (before < 120 && after >= 120) {
          const t = (startS + i * stepS) % loopS;
          // A driver too close to stop goes on, for two seconds at most.
          expect(open(t) || open((t - 2 + loopS) % loopS)).toBe(true);
        }
      }
  });

  test('keeps vehicles of all loops apart', () => {
    const journeys = lane((t) => t > 2 && t < 9);
    for (let time = 0; time < loopS; time += 0.2) {
      const at = journeys.flatMap((journey) =>
        onTheWay(journey, time, loopS).map(({ distance }) => distance),
      );
      at.sort((a, b) => a - b);
      for (let i = 1; i < at.length; i++)
        expect((at[i] as number) - (at[i - 1] as number)).toBeGreaterThan(4.5);
    }
  });

  test('repeats: what is on the way at the end of the loop is what is there at its start', () => {
    const journeys = lane((t) => t > 2 && t < 9);
    const places = (time: number) =>
      journeys
        .flatMap((journey) => onTheWay(journey, time, loopS).map(({ distance }) => distance))
        .filter((distance) => distance > 2 && distance < 195)
        .sort((a, b) => a - b);
    const [end, start] = [places(loopS - 1e-6), places(0)];
    expect(end).toHaveLength(start.length);
    end.forEach((distance, index) => expect(distance).toBeCloseTo(start[index] as number, 1));
  });
});

describe('Route', () => {
  test('runs through its points and turns its heading at a corner', () => {
    const route = new Route(
      [
        [0, 0, 0],
        [0, 0, 50],
        [50, 0, 50],
      ],
      6,
    );
    expect(route.place(10)).toMatchObject({ x: 0, z: 10, yaw: 0 });
    const end = route.place(route.length - 5);
    expect(end.x).toBeCloseTo(45, 5);
    expect(end.yaw).toBeCloseTo(Math.PI / 2, 5);
  });
});

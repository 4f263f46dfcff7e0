import { crowd, flow, traffic, type Walker } from '../../kit/flows.ts';
import type { Layer } from '../../kit/layers.ts';
import { somePerson, umbrellas } from '../../kit/people.ts';
import { pick, type Random } from '../../kit/random.ts';
import { drawSignal, glowSignal, signalAt, type SignalPlan } from '../../kit/signals.ts';
import { Route } from '../../kit/traffic.ts';
import { cityBus, someVehicle } from '../../kit/vehicles.ts';
import type { Vec } from '../../kit/view.ts';
import { loopS } from '../../loop.ts';

export interface CrossTrafficOptions {
  /** The first two stand at the street along z, the others at the one across. */
  posts: readonly { lights: Vec[]; yaw: number }[];
  people: number;
  night?: boolean;
  wet?: boolean;
  /** Where the long street meets the next: cars come round that corner. */
  farZ?: number;
  /** People under umbrellas. */
  rain?: boolean;
}

const alongPlan: SignalPlan = { greenFromS: 1, greenToS: 8, loopS };
const acrossPlan: SignalPlan = { greenFromS: 11.2, greenToS: 17.6, loopS };
/** Half the width of both streets, and where their stop lines are. */
const stopM = 11;
/** What a rounded corner saves of the way, metres. */
const cornerM =
  12 -
  new Route(
    [
      [0, 0, 0],
      [6, 0, 0],
      [6, 0, 6],
    ],
    6,
  ).length;

/** Cars on two crossing streets of two lanes each, ruled by signals, and people on the zebras. */
export function crossTraffic(random: Random, o: CrossTrafficOptions): Layer[] {
  const { night = false, wet = false, farZ = 130 } = o;
  const stopAt = (atM: number, plan: SignalPlan) => [
    { atM, open: (timeS: number) => signalAt(plan, timeS) === 'green' },
  ];
  const flows = [
    flow(random, {
      points: [
        [2.9, 0, -70],
        [2.9, 0, farZ],
        [70, 0, farZ],
      ],
      starts: [0.5, 6, 12],
      stops: stopAt(70 - stopM, alongPlan),
    }),
    flow(random, {
      points: [
        [70, 0, farZ + 5],
        [-2.9, 0, farZ + 5],
        [-2.9, 0, -60],
      ],
      starts: [1.5, 8.4, 15],
      stops: stopAt(farZ + 5 + 72.9 - cornerM - stopM, alongPlan),
      vehicle: (index) => (index === 2 ? cityBus(night ? 0.9 : 0) : someVehicle(random)),
    }),
    flow(random, {
      points: [
        [-85, 0, -2.9],
        [85, 0, -2.9],
      ],
      starts: [2, 9, 15],
      stops: stopAt(85 - stopM, acrossPlan),
    }),
    flow(random, {
      points: [
        [85, 0, 2.9],
        [-85, 0, 2.9],
      ],
      starts: [0, 6.1, 13.5],
      stops: stopAt(85 - stopM, acrossPlan),
    }),
  ];
  const planOf = (index: number) => (index < 2 ? alongPlan : acrossPlan);
  const signals: Layer = {
    things: (stage) =>
      o.posts.forEach(({ lights, yaw }, index) =>
        drawSignal(stage, lights, yaw, signalAt(planOf(index), stage.time)),
      ),
    over: (stage) =>
      o.posts.forEach(({ lights, yaw }, index) =>
        glowSignal(
          stage,
          lights,
          yaw,
          signalAt(planOf(index), stage.time),
          night ? 1 : 0.2,
          wet ? 0 : undefined,
        ),
      ),
  };
  return [traffic(flows, { night, wet }), crowd(crossers(random, o.people, o.rain ?? false)), signals];
}

/** People who cross while their street is stopped, and others on the pavements. */
function crossers(random: Random, count: number, rain: boolean): Walker[] {
  return Array.from({ length: count }, (_, index): Walker => {
    const person = somePerson(random, rain && random() < 0.75 ? { umbrella: pick(random, umbrellas) } : {});
    const kind = index % 4;
    const side = random() < 0.5 ? -1 : 1;
    const off = side * (7.3 + random() * 1.9);
    const way = random() < 0.5 ? 1 : -1;
    const speedMps = 1.25 + random() * 0.3;
    const reach = 24;
    if (kind >= 2) {
      const x = side * (8.2 + random() * 2.2);
      return {
        person,
        way: [
          [x, 0, way * -12],
          [x, 0, way * 70],
        ],
        speedMps,
        startS: random() * loopS,
      };
    }
    const free = (kind === 0 ? 11.6 : 1.2) + random() * 2.2;
    const startS = free - (reach - 6.6) / speedMps + loopS * 2;
    const points: Vec[] =
      kind === 0
        ? [
            [-way * reach, 0, off],
            [way * reach, 0, off],
          ]
        : [
            [off, 0, -way * reach],
            [off, 0, way * reach],
          ];
    return { person, way: points, speedMps, startS: startS % loopS };
  });
}

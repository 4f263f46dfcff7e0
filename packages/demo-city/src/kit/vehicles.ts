import { hex, type Rgb } from './colour.ts';
import { placed, type Place } from './model.ts';
import { pick, type Random } from './random.ts';
import { castShadow, throwLight } from './shadows.ts';
import type { Finish, Stage } from './stage.ts';
import { boxTruck, bus, van } from './large-vehicle-models.ts';
import { hatchback, offroader, saloon, type VehicleModel } from './vehicle-models.ts';

/** A vehicle as a scene uses it: a model with its paint. */
export interface Vehicle {
  shape: VehicleModel;
  body: Rgb;
  second: Rgb;
  /** Light behind the windows, as in a bus at night. */
  inside: number;
}

/** How its lamps are at a moment. */
export interface VehicleState {
  lampsOn: boolean;
  braking: boolean;
  /** Which indicator blinks: −1 left, 1 right, 0 none, 2 both. */
  turning?: number;
  reversing?: boolean;
}

const paints = [
  '#e8e8e6',
  '#b9bcc0',
  '#85898d',
  '#33363a',
  '#1b1d20',
  '#24385c',
  '#7d1f22',
  '#3d5a68',
  '#c8bda6',
  '#2f4a3a',
  '#a34a24',
].map((text) => hex(text));
const weights = [5, 5, 4, 4, 4, 3, 2, 2, 1, 1, 1];

/** A colour as cars have them: mostly greys, now and then a red. */
function carPaint(random: Random): Rgb {
  let dice = random() * weights.reduce((a, b) => a + b);
  for (let i = 0; i < weights.length; i++) {
    dice -= weights[i] as number;
    if (dice < 0) return paints[i] as Rgb;
  }
  return paints[0] as Rgb;
}

/** A vehicle of the usual mix of a town. */
export function someVehicle(random: Random, large = 0.16): Vehicle {
  const dice = random();
  const body = carPaint(random);
  const plain = (shape: VehicleModel): Vehicle => ({ shape, body, second: body, inside: 0 });
  if (dice < large * 0.55)
    return { ...plain(van), body: pick(random, [hex('#e6e6e2'), hex('#d8d4c6'), body]) };
  if (dice < large)
    return { ...plain(boxTruck), second: pick(random, [hex('#d9d9d4'), hex('#5b7f95'), hex('#b8a15a')]) };
  return plain(pick(random, [hatchback, hatchback, saloon, saloon, offroader]));
}
export const cityBus = (inside = 0): Vehicle => ({
  shape: bus,
  body: hex('#e9e4d4'),
  second: hex('#1f6f78'),
  inside,
});

const glassDay: Finish = { colour: [0.02, 0.025, 0.03], gloss: 0.85 };
const trim: Finish = { colour: [0.02, 0.02, 0.022] };
const tyre: Finish = { colour: [0.018, 0.018, 0.02] };
const hub: Finish = { colour: [0.17, 0.175, 0.18], gloss: 0.15 };
const signOn: Finish = { colour: [1, 0.55, 0.12], glow: 0.9 };
const headColour: Rgb = [1, 0.96, 0.86];
const tailColour: Rgb = [0.55, 0.02, 0.02];

function paletteOf(v: Vehicle, state: VehicleState): Finish[] {
  const inside = v.inside;
  return [
    { colour: v.body, gloss: 0.42 },
    inside > 0 ? { colour: [1, 0.9, 0.68], glow: inside } : glassDay,
    trim,
    tyre,
    hub,
    { colour: headColour, glow: state.lampsOn ? 3 : 0.15 },
    { colour: tailColour, glow: state.braking ? 6 : state.lampsOn ? 1.6 : 0.15 },
    { colour: v.second, gloss: 0.25 },
    signOn,
  ];
}

/** Draws the shadow, before anything is laid over the ground. */
export function shadeVehicle(stage: Stage, v: Vehicle, place: Place): void {
  const { width, length, height } = v.shape;
  stage.lightAt(place.x, place.y ?? 0, place.z);
  castShadow(stage, {
    x: place.x,
    y: place.y ?? 0,
    z: place.z,
    w: width * 0.96,
    d: length * 0.97,
    h: height * 0.95,
    yaw: place.yaw,
  });
}

/** The light its headlamps throw on the road and the red of its brakes, before anything is laid over the ground. */
export function lightRoad(stage: Stage, v: Vehicle, place: Place, state: VehicleState, power = 0.9): void {
  if (!state.lampsOn) return;
  const front = placed(place, [0, 0, v.shape.length / 2]);
  const rear = placed(place, [0, 0, -v.shape.length / 2]);
  throwLight(stage, {
    x: front[0],
    y: place.y ?? 0,
    z: front[2],
    yaw: place.yaw,
    lengthM: 14,
    widthM: 2.9,
    light: headColour,
    power,
  });
  if (state.braking)
    throwLight(stage, {
      x: rear[0],
      y: place.y ?? 0,
      z: rear[2],
      yaw: place.yaw + Math.PI,
      lengthM: 4,
      widthM: 1.6,
      light: [1, 0.08, 0.05],
      power: power * 0.7,
    });
}

/** Draws the vehicle itself. */
export function drawVehicle(stage: Stage, v: Vehicle, place: Place, state: VehicleState): void {
  stage.lightAt(place.x, place.y ?? 0, place.z);
  v.shape.model.draw(stage, place, paletteOf(v, state));
}

/** Draws what glows around its lamps, after everything is laid over the ground. */
export function glowVehicle(stage: Stage, v: Vehicle, place: Place, state: VehicleState, wet = false): void {
  const { view } = stage;
  const away = Math.atan2(view.from[0] - place.x, view.from[2] - place.z) - place.yaw;
  const facing = Math.cos(away);
  const blink = Math.floor(stage.time * 3) % 2 === 0;
  const blinking = (side: number) =>
    blink && (state.turning === 2 || (state.turning === side && state.turning !== 0));
  v.shape.heads.forEach((lamp, index) => {
    const at = placed(place, lamp);
    if (state.lampsOn && facing > 0.1) {
      stage.glow(at, 0.8 * facing, [0.9 * facing, 0.85 * facing, 0.72 * facing]);
      stage.glow(at, 2.6 * facing, [0.2 * facing, 0.18 * facing, 0.14 * facing]);
      if (wet) stage.wetStreak(at, place.y ?? 0, [0.75, 0.7, 0.58]);
    }
    if (facing > -0.2 && blinking(index === 0 ? -1 : 1)) stage.glow(at, 0.6, [0.8, 0.4, 0.03]);
  });
  v.shape.tails.forEach((lamp, index) => {
    const at = placed(place, lamp);
    if (facing < -0.1) {
      const power = state.braking ? 0.8 : state.lampsOn ? 0.34 : 0;
      if (power > 0) {
        stage.glow(at, state.braking ? 0.8 : 0.5, [power, power * 0.06, power * 0.05]);
        if (wet) stage.wetStreak(at, place.y ?? 0, [0.8 * power, 0.05, 0.04], 4);
      }
      if (state.reversing) stage.glow(at, 0.55, [0.6, 0.6, 0.55]);
    }
    if (facing < 0.2 && blinking(index === 0 ? -1 : 1)) stage.glow(at, 0.6, [0.8, 0.4, 0.03]);
  });
}

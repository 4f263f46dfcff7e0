import { maxCorners, type Corner, type Mask } from '@clerestory/protocol';

/** The steps of arrow keys: a hundredth of the picture. */
export const stepShare = 0.01;
/** A rectangle that is dragged smaller than this was a click. */
const leastDragShare = 0.01;

const within = (value: number): number => Math.min(1, Math.max(0, value));
const rounded = (value: number): number => Math.round(value * 1e5) / 1e5;
const corner = (x: number, y: number): Corner => [rounded(within(x)), rounded(within(y))];

/** The rectangle between two corners, clockwise from its upper left; null when it is too small to be meant. */
export function rectangleBetween(a: Corner, b: Corner): Mask | null {
  const [left, right] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [top, bottom] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  if (right - left < leastDragShare || bottom - top < leastDragShare) return null;
  return [corner(left, top), corner(right, top), corner(right, bottom), corner(left, bottom)];
}

/** A rectangle in the middle, for whoever draws by keyboard. */
export const middleRectangle = (): Mask => rectangleBetween([0.4, 0.4], [0.6, 0.6]) ?? [];

/** The area elsewhere, as far as the picture reaches, in its shape. */
export function moved(mask: Mask, dx: number, dy: number): Mask {
  const along = (axis: 0 | 1, by: number): number => {
    const all = mask.map((one) => one[axis]);
    return Math.min(1 - Math.max(...all), Math.max(-Math.min(...all), by));
  };
  const [x, y] = [along(0, dx), along(1, dy)];
  return mask.map((one) => corner(one[0] + x, one[1] + y));
}

/** The area larger or smaller, its upper left corner staying; at least two steps wide and high. */
export function grown(mask: Mask, dx: number, dy: number): Mask {
  const scale = (axis: 0 | 1, by: number): ((value: number) => number) => {
    const all = mask.map((one) => one[axis]);
    const [from, to] = [Math.min(...all), Math.max(...all)];
    const size = to - from;
    const wanted = Math.min(1 - from, Math.max(2 * stepShare, size + by));
    return (value) => (size === 0 ? value : from + ((value - from) / size) * wanted);
  };
  const [x, y] = [scale(0, dx), scale(1, dy)];
  return mask.map((one) => corner(x(one[0]), y(one[1])));
}

export const withCorner = (mask: Mask, index: number, [x, y]: Corner): Mask =>
  mask.map((one, at) => (at === index ? corner(x, y) : one));

/** One more corner, in the middle of the longest side; the same area when it has as many as may be. */
export function withMoreCorners(mask: Mask): Mask {
  if (mask.length >= maxCorners) return mask;
  let [longest, at] = [-1, 0];
  mask.forEach((from, index) => {
    const to = next(mask, index);
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (length > longest) [longest, at] = [length, index];
  });
  const from: Corner = mask[at] ?? [0, 0];
  const to = next(mask, at);
  const middle = corner((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
  return [...mask.slice(0, at + 1), middle, ...mask.slice(at + 1)];
}
const next = (mask: Mask, index: number): Corner => mask[(index + 1) % mask.length] ?? [0, 0];

/** Where an area is, in words: "20 % from the left, 10 % from the top, 30 % × 25 %". */
export function placeWords(mask: Mask): string {
  const [xs, ys] = [mask.map(([x]) => x), mask.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return `${percent(left)} from the left, ${percent(top)} from the top, ${percent(Math.max(...xs) - left)} × ${percent(Math.max(...ys) - top)}`;
}

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-stepShare, 0],
  ArrowRight: [stepShare, 0],
  ArrowUp: [0, -stepShare],
  ArrowDown: [0, stepShare],
};
/** How far an arrow key goes; null for any other key. */
export const arrowStep = (key: string): readonly [number, number] | null => arrows[key] ?? null;

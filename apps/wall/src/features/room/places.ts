import type { Place, Screen } from '@clerestory/protocol';
import { layoutOf } from '@clerestory/layout';

/** A common monitor of 55 inches, centimetres with its frame, and the gap that hanging leaves. */
const usual = { width: 122, height: 70 };
const gapCm = 4;
/** Screens side by side before the next row, where nobody has said how they hang. */
const perRow = 6;
/** Places meet the edges of others within this, else this grid, centimetres. */
const snapCm = 6;
const gridCm = 5;

/** Where each screen hangs; those without a place stand in rows below the others, in their order. */
export function placesOf(screens: readonly Screen[]): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { id, place } of screens) if (place) places.set(id, place);
  const below = Math.max(0, ...[...places.values()].map(({ y, height }) => y + height + gapCm * 4));
  let [x, y, tallest, count] = [0, below, 0, 0];
  for (const screen of screens) {
    if (places.has(screen.id)) continue;
    const { portrait } = layoutOf(screen.layout);
    const size = portrait ? { width: usual.height, height: usual.width } : usual;
    if (count > 0 && count % perRow === 0) [x, y, tallest] = [0, y + tallest + gapCm, 0];
    places.set(screen.id, { x, y, ...size });
    x += size.width + gapCm;
    tallest = Math.max(tallest, size.height);
    count += 1;
  }
  return places;
}

/** The plan's own size: everything on it, with a margin. */
export function extentOf(places: Iterable<Place>): { width: number; height: number } {
  let [width, height] = [usual.width, usual.height];
  for (const place of places) {
    width = Math.max(width, place.x + place.width);
    height = Math.max(height, place.y + place.height);
  }
  return { width, height };
}

const near = (value: number, wanted: readonly number[]): number => {
  const best = wanted
    .map((one) => ({ one, away: Math.abs(one - value) }))
    .filter(({ away }) => away <= snapCm)
    .sort((a, b) => a.away - b.away)[0];
  return Math.max(0, Math.round(best ? best.one : Math.round(value / gridCm) * gridCm));
};

/** The place that was meant: in line with an edge of another screen or a gap away from it, else on the grid. */
export function snapped(place: Place, others: readonly Place[]): Place {
  const xs = others.flatMap((other) => [
    other.x,
    other.x + other.width + gapCm,
    other.x - place.width - gapCm,
    other.x + other.width - place.width,
  ]);
  const ys = others.flatMap((other) => [
    other.y,
    other.y + other.height + gapCm,
    other.y - place.height - gapCm,
    other.y + other.height - place.height,
  ]);
  return { ...place, x: near(place.x, xs), y: near(place.y, ys) };
}

/** One step by a key. */
export const moved = (place: Place, key: string, stepCm = gridCm): Place => {
  const dx = key === 'ArrowLeft' ? -stepCm : key === 'ArrowRight' ? stepCm : 0;
  const dy = key === 'ArrowUp' ? -stepCm : key === 'ArrowDown' ? stepCm : 0;
  return { ...place, x: Math.max(0, place.x + dx), y: Math.max(0, place.y + dy) };
};

/** The sizes that a place may have, centimetres, as the protocol has them. */
const [least, most] = [10, 2_000];
const within = (size: number) => Math.min(most, Math.max(least, size));

/** Larger or smaller by a key, from its lower right corner. */
export const resized = (place: Place, key: string, stepCm = gridCm): Place => {
  const { x, y } = moved({ ...place, x: place.width, y: place.height }, key, stepCm);
  return { ...place, width: within(x), height: within(y) };
};

/** Hung the other way. */
export const turned = ({ x, y, width, height }: Place): Place => ({ x, y, width: height, height: width });

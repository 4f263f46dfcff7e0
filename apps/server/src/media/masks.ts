import type { Corner, Mask } from '@clerestory/protocol';

/** Strips into which slanted sides are cut, finest first: the next is taken when there would be too many boxes. */
const gridRows = [96, 48, 24, 12] as const;
/** Boxes that one ffmpeg paints in each picture. */
const maxBoxes = 400;
/** Boxes reach this much further: the encoder smears what is beside them, and small sizes mix neighbours, pixels. */
const marginPx = 2;
/** Plainly something of ours, not a dark corner of the street. */
export const maskColour = { hex: '0x30363d', red: 0x30, green: 0x36, blue: 0x3d } as const;

/** A rectangle that is painted over: shares of the picture's width and height. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}
type Span = [from: number, to: number];

/**
 * Rectangles that cover every point of the areas; a slanted side becomes steps that reach outward, never inward. Pure.
 * Areas with four upright corners are covered exactly.
 */
export function boxesOf(masks: readonly Mask[]): Box[] {
  const corners = masks.flatMap((mask) => mask.map(([, y]) => y));
  const grid = (rows: number) => Array.from({ length: rows + 1 }, (_, at) => at / rows);
  const tries = [[...grid(gridRows[0]), ...corners], ...gridRows.map(grid)];
  let boxes: Box[] = [];
  for (const cuts of tries) {
    boxes = cover(
      masks,
      [...new Set(cuts)].sort((a, b) => a - b),
    );
    if (boxes.length <= maxBoxes) break;
  }
  return boxes;
}

function cover(masks: readonly Mask[], cuts: readonly number[]): Box[] {
  const boxes: Box[] = [];
  let above: Box[] = [];
  for (let at = 0; at + 1 < cuts.length; at++) {
    const [top, bottom] = [cuts[at] ?? 0, cuts[at + 1] ?? 0];
    const spans = joined(masks.flatMap((mask) => spansWithin(mask, top, bottom)));
    // The same as in the strip above: those boxes grow, instead of others below them.
    const goesOn =
      spans.length === above.length &&
      spans.every(([left, right], index) => above[index]?.left === left && above[index]?.right === right);
    if (goesOn) for (const box of above) box.bottom = bottom;
    else {
      above = spans.map(([left, right]) => ({ left, right, top, bottom }));
      boxes.push(...above);
    }
  }
  return boxes;
}

/**
 * What a polygon covers of a strip, in x. From any of its points one gets straight up or down to the strip's middle, and
 * is inside there too, or meets a side on the way: so what is inside at the middle, together with what the sides span
 * within the strip, is all of it.
 */
function spansWithin(mask: Mask, top: number, bottom: number): Span[] {
  const middle = (top + bottom) / 2;
  const spans: Span[] = [];
  const crossings: { x: number; turn: number }[] = [];
  mask.forEach((from, index) => {
    const to = mask[(index + 1) % mask.length] ?? from;
    const side = clipped(from, to, top, bottom);
    if (side) spans.push(side);
    if (from[1] <= middle !== to[1] <= middle)
      crossings.push({ x: xAt(from, to, middle), turn: to[1] > from[1] ? 1 : -1 });
  });
  let winding = 0;
  crossings
    .sort((a, b) => a.x - b.x)
    .forEach(({ x, turn }, index) => {
      winding += turn;
      const next = crossings[index + 1];
      if (winding !== 0 && next) spans.push([x, next.x]);
    });
  return spans;
}

const xAt = ([x0, y0]: Corner, [x1, y1]: Corner, y: number): number =>
  x0 + ((y - y0) / (y1 - y0)) * (x1 - x0);

/** What a side spans in x within a strip; null when it is not in it. One that only touches its edge is not. */
function clipped(from: Corner, to: Corner, top: number, bottom: number): Span | null {
  const [upper, lower] = from[1] <= to[1] ? [from, to] : [to, from];
  if (lower[1] <= top || upper[1] >= bottom) return null;
  const ends = [
    upper[1] < top ? xAt(upper, lower, top) : upper[0],
    lower[1] > bottom ? xAt(upper, lower, bottom) : lower[0],
  ];
  return [Math.min(...ends), Math.max(...ends)];
}

/** Spans that touch become one. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else if (to > from) result.push([from, to]);
  }
  return result;
}

const share = (value: number) => value.toFixed(6);
const spread = (side: 'iw' | 'ih', from: number, to: number) => ({
  at: `max(0\\,floor(${side}*${share(from)})-${marginPx})`,
  length: `ceil(${side}*${share(to)})-floor(${side}*${share(from)})+${2 * marginPx}`,
});

/** The filters of ffmpeg that paint the areas over; empty without any. The size of the picture need not be known. */
export const maskFilters = (masks: readonly Mask[]): string[] =>
  boxesOf(masks).map(({ left, top, right, bottom }) => {
    const [x, y] = [spread('iw', left, right), spread('ih', top, bottom)];
    return `drawbox=x=${x.at}:y=${y.at}:w=${x.length}:h=${y.length}:color=${maskColour.hex}:t=fill`;
  });

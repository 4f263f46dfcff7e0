/**
 * Letters as strokes on a grid four wide and six high, y up from the baseline: each pair of digits is a point, a bar
 * lifts the pen. Drawn by ourselves, so that no font has to be installed.
 */
const strokes: Readonly<Record<string, string>> = {
  A: '00 04 26 44 40|02 42',
  B: '00 06 36 45 44 33 03|33 42 41 30 00',
  C: '45 36 16 05 01 10 30 41',
  D: '00 06 26 44 42 20 00',
  E: '46 06 00 40|03 33',
  F: '46 06 00|03 33',
  G: '45 36 16 05 01 10 30 41 43 23',
  H: '00 06|40 46|03 43',
  I: '20 26|16 36|10 30',
  J: '46 41 30 10 01',
  K: '06 00|46 03 40',
  L: '06 00 40',
  M: '00 06 23 46 40',
  N: '00 06 40 46',
  O: '16 05 01 10 30 41 45 36 16',
  P: '00 06 36 45 44 33 03',
  Q: '16 05 01 10 30 41 45 36 16|22 40',
  R: '00 06 36 45 44 33 03|23 40',
  S: '45 36 16 05 04 13 33 42 41 30 10 01',
  T: '06 46|26 20',
  U: '06 01 10 30 41 46',
  V: '06 20 46',
  W: '06 10 24 30 46',
  X: '00 46|06 40',
  Y: '06 23 46|23 20',
  Z: '06 46 00 40',
  '0': '16 05 01 10 30 41 45 36 16|12 34',
  '1': '15 26 20|10 30',
  '2': '05 16 36 45 44 00 40',
  '3': '05 16 36 45 44 33 13|33 42 41 30 10 01',
  '4': '30 36 02 42',
  '5': '46 06 03 33 42 41 30 10 01',
  '6': '45 36 16 05 01 10 30 41 42 33 03',
  '7': '06 46 20',
  '8': '13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33',
  '9': '01 10 30 41 45 36 16 05 04 13 43',
  ':': '24 24|21 21',
  '.': '20 20',
  ',': '21 10',
  '/': '00 46',
  '-': '13 33',
  '&': '40 04 05 16 25 24 02 01 10 20 42',
};

/** Advance from letter to letter, in units of the cap height. */
const advance = 5.7 / 6;

/** How much of a pixel ink covers, 0 to 255, for a block of pixels. */
export interface Mask {
  width: number;
  height: number;
  alpha: Uint8Array;
}

/** Width of a text, pixels. */
const textWidth = (text: string, capPx: number): number => Math.ceil(text.length * advance * capPx);

function segmentsOf(text: string, capPx: number, penPx: number): Float64Array {
  const list: number[] = [];
  [...text.toUpperCase()].forEach((letter, index) => {
    const left = penPx + index * advance * capPx;
    for (const line of (strokes[letter] ?? '').split('|')) {
      const points = line.split(' ').filter((point) => point !== '');
      for (let i = 1; i < points.length; i++)
        for (const point of [points[i - 1] as string, points[i] as string])
          list.push(left + (Number(point[0]) * capPx) / 6, penPx + ((6 - Number(point[1])) * capPx) / 6);
    }
  });
  return Float64Array.from(list);
}

/** Draws a text with a round pen. `capPx` is the height of a capital. */
export function inkText(text: string, capPx: number, penPx = capPx / 7.5): Mask {
  const width = textWidth(text, capPx) + Math.ceil(2 * penPx);
  const height = Math.ceil(capPx + 2 * penPx);
  const alpha = new Uint8Array(width * height);
  const segments = segmentsOf(text, capPx, penPx);
  for (let s = 0; s < segments.length; s += 4) {
    const [ax, ay, bx, by] = segments.subarray(s, s + 4) as unknown as [number, number, number, number];
    const [dx, dy] = [bx - ax, by - ay];
    const square = dx * dx + dy * dy || 1e-9;
    for (
      let y = Math.max(0, Math.floor(Math.min(ay, by) - penPx - 1));
      y < Math.min(height, Math.max(ay, by) + penPx + 1);
      y++
    )
      for (
        let x = Math.max(0, Math.floor(Math.min(ax, bx) - penPx - 1));
        x < Math.min(width, Math.max(ax, bx) + penPx + 1);
        x++
      ) {
        const t = Math.min(1, Math.max(0, ((x + 0.5 - ax) * dx + (y + 0.5 - ay) * dy) / square));
        const off = Math.hypot(x + 0.5 - ax - t * dx, y + 0.5 - ay - t * dy);
        const cover = Math.min(1, Math.max(0, penPx * 0.75 + 0.5 - off)) * 255;
        const o = y * width + x;
        if (cover > (alpha[o] as number)) alpha[o] = cover;
      }
  }
  return { width, height, alpha };
}

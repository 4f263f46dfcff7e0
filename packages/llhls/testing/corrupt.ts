/** Damage for MP4 streams, from a seed: the same seed gives the same damage. */

export interface Random {
  /** A whole number from 0 up to and without `limit`. */
  below(limit: number): number;
}

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
    },
  };
}

interface Place {
  type: string;
  start: number;
  end: number;
}

const containers = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf']);

/** All boxes of a sound stream, those inside of others included. */
function boxesOf(bytes: Uint8Array, from = 0, to = bytes.length): Place[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Place[] = [];
  for (let at = from; at + 8 <= to;) {
    const end = at + data.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    found.push({ type, start: at, end });
    if (containers.has(type)) found.push(...boxesOf(bytes, at + 8, end));
    at = end;
  }
  return found;
}

const without = (bytes: Uint8Array, start: number, end: number): Uint8Array => {
  const result = new Uint8Array(bytes.length - (end - start));
  result.set(bytes.subarray(0, start));
  result.set(bytes.subarray(end), start);
  return result;
};
const withMore = (bytes: Uint8Array, at: number, more: Uint8Array): Uint8Array => {
  const result = new Uint8Array(bytes.length + more.length);
  result.set(bytes.subarray(0, at));
  result.set(more, at);
  result.set(bytes.subarray(at), at + more.length);
  return result;
};

type Damage = (bytes: Uint8Array, random: Random, boxes: readonly Place[]) => Uint8Array;

const pick = <T>(items: readonly T[], random: Random): T => {
  const found = items[random.below(items.length)];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
};
/** Boxes that say how to read others: damage there is worse than in the pictures. */
const telling = (boxes: readonly Place[]) => boxes.filter(({ type }) => type !== 'mdat');

const damages: Record<string, Damage> = {
  'bits anywhere'(bytes, random) {
    const result = bytes.slice();
    for (let i = 1 + random.below(20); i > 0; i--) {
      const at = random.below(result.length);
      result[at] = (result[at] ?? 0) ^ (1 << random.below(8));
    }
    return result;
  },
  'bits in the boxes that tell'(bytes, random, boxes) {
    const result = bytes.slice();
    for (let i = 1 + random.below(4); i > 0; i--) {
      const { start, end } = pick(telling(boxes), random);
      const at = start + random.below(end - start);
      result[at] = (result[at] ?? 0) ^ (1 << random.below(8));
    }
    return result;
  },
  'a number replaced'(bytes, random, boxes) {
    const result = bytes.slice();
    const { start, end } = pick(telling(boxes), random);
    const at = start + 4 * random.below(Math.floor((end - start) / 4));
    const value = pick([0, 1, 7, 8, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, random.below(2 ** 32)], random);
    new DataView(result.buffer).setUint32(at, value);
    return result;
  },
  'cut short': (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  'a hole': (bytes, random) => {
    const start = random.below(bytes.length);
    return without(bytes, start, Math.min(bytes.length, start + 1 + random.below(5_000)));
  },
  'a box dropped'(bytes, random, boxes) {
    const { start, end } = pick(boxes, random);
    return without(bytes, start, end);
  },
  'a box twice'(bytes, random, boxes) {
    const { start, end } = pick(boxes, random);
    return withMore(bytes, end, bytes.slice(start, end));
  },
  'a box elsewhere'(bytes, random, boxes) {
    const [{ start, end }, { end: at }] = [pick(boxes, random), pick(boxes, random)];
    return withMore(bytes, at, bytes.slice(start, end));
  },
  'garbage between'(bytes, random, boxes) {
    const garbage = Uint8Array.from({ length: 1 + random.below(300) }, () => random.below(256));
    return withMore(bytes, pick(boxes, random).start, garbage);
  },
};

/** One to three damages to a sound fragmented MP4; `how` says which. */
export function corrupt(bytes: Uint8Array, random: Random): { bytes: Uint8Array; how: string } {
  const boxes = boxesOf(bytes);
  const names = Array.from({ length: 1 + random.below(3) }, () => pick(Object.keys(damages), random));
  // Places are those of the sound stream: a later damage may hit a shorter one.
  const damaged = names.reduce((result, name) => {
    const there = boxes.filter(({ end }) => end <= result.length);
    return there.length === 0 ? result : (damages[name]?.(result, random, there) ?? result);
  }, bytes);
  return { bytes: damaged, how: names.join(', ') };
}

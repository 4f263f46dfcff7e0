import type { Stage } from './stage.ts';
import { nearM, type Vec } from './view.ts';

/**
 * Visits the picture's pixels that show level ground at `groundY` inside a convex ring of points on it, widened by
 * `marginM`; only each `stride`th pixel of a row. The camera hangs level, so a row of pixels is a straight line on the ground at one depth.
 */
export function onGround(
  stage: Stage,
  ring: readonly Vec[],
  groundY: number,
  marginM: number,
  visit: GroundVisitor,
  stride = 1,
): void {
  const { view, frame } = stage;
  const ray = new Float64Array(3);
  const edges = edgesOf(ring);
  let [y0, y1] = [1e9, -1e9];
  for (const [x, , z] of ring)
    for (const [ox, oz] of [
      [marginM, marginM],
      [-marginM, marginM],
      [marginM, -marginM],
      [-marginM, -marginM],
    ] as const) {
      if (view.project(x + ox, groundY, z + oz) < nearM) {
        y1 = view.height;
        continue;
      }
      y0 = Math.min(y0, view.sy);
      y1 = Math.max(y1, view.sy);
    }
  y0 = Math.max(0, Math.floor(y0));
  y1 = Math.min(view.height - 1, Math.ceil(y1));
  const fall = groundY - view.from[1];
  for (let y = y0; y <= y1; y++) {
    view.direction(0.5, y + 0.5, ray);
    const t = fall / (ray[1] as number);
    if (!(t > 0)) continue;
    const px = view.from[0] + (ray[0] as number) * t;
    const pz = view.from[2] + (ray[2] as number) * t;
    const stepX = (view.right[0] * t) / view.focal;
    const stepZ = (view.right[2] * t) / view.focal;
    let from = 0;
    let to = view.width - 1;
    for (let e = 0; e < edges.length; e += 3) {
      const rise = (edges[e] as number) * stepX + (edges[e + 1] as number) * stepZ;
      const room =
        marginM + (edges[e + 2] as number) - (edges[e] as number) * px - (edges[e + 1] as number) * pz;
      if (rise > 1e-12) to = Math.min(to, Math.floor(room / rise));
      else if (rise < -1e-12) from = Math.max(from, Math.ceil(room / rise));
      else if (room < 0) to = -1;
    }
    const allowed = 0.02 * t + 0.15;
    const { depth } = frame.plate;
    for (let x = from, at = y * view.width + from; x <= to; x += stride, at += stride) {
      const gap = (depth[at] as number) - t;
      if (gap < allowed && gap > -allowed) visit(at, px + stepX * x, pz + stepZ * x);
    }
  }
}

/** Half planes of a convex ring on the ground, three numbers each: outward normal (x, z) and offset. */
export function edgesOf(ring: readonly Vec[]): Float64Array {
  let area = 0;
  ring.forEach((a, index) => {
    const b = ring[(index + 1) % ring.length] as Vec;
    area += a[0] * b[2] - b[0] * a[2];
  });
  const way = area > 0 ? 1 : -1;
  const edges = new Float64Array(ring.length * 3);
  ring.forEach((a, index) => {
    const b = ring[(index + 1) % ring.length] as Vec;
    const length = Math.hypot(b[0] - a[0], b[2] - a[2]) || 1;
    const nx = (way * (b[2] - a[2])) / length;
    const nz = (-way * (b[0] - a[0])) / length;
    edges.set([nx, nz, nx * a[0] + nz * a[2]], index * 3);
  });
  return edges;
}

export type GroundVisitor = (pixel: number, x: number, z: number) => void;

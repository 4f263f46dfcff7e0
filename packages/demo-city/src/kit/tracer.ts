import { hash3, noise3 } from './random.ts';
import type { Solid } from './solids.ts';
import type { Material, SurfacePoint } from './surface.ts';

interface Node {
  min: [number, number, number];
  max: [number, number, number];
  left: number;
  right: number;
  axis: number;
  items: number[];
}

const leafSize = 1;
const farM = 1e9;
const stack = new Int32Array(64);

/** Finds what a ray meets among the solids and the level ground; a tree of boxes keeps that quick. */
export class Tracer {
  /** Of the last `closest`: distance in lengths of the direction, solid (−1 ground, −2 nothing) and side. */
  hitT = farM;
  hitSolid = -2;
  hitFace = 0;
  readonly solids: readonly Solid[];
  readonly groundY: number | null;
  readonly ground: Material | null;
  private readonly nodes: Float64Array;
  private readonly links: Int32Array;
  private readonly order: Int32Array;
  private readonly planes: Float64Array;
  private readonly starts: Int32Array;
  /** Per solid: 1 leaves, 2 lets light pass. */
  private readonly traits: Uint8Array;

  constructor(solids: readonly Solid[], ground: { y: number; material: Material } | null) {
    this.solids = solids;
    this.groundY = ground?.y ?? null;
    this.ground = ground?.material ?? null;
    this.traits = Uint8Array.from(solids, ({ leaves, blocks }) => (leaves ? 1 : 0) | (blocks ? 0 : 2));
    const planes: number[] = [];
    this.starts = new Int32Array(solids.length + 1);
    solids.forEach((solid, index) => {
      for (const face of solid.faces) planes.push(...face.normal, face.offset);
      this.starts[index + 1] = planes.length;
    });
    this.planes = Float64Array.from(planes);
    const list: Node[] = [];
    if (solids.length > 0)
      this.split(
        list,
        solids.map((_, index) => index),
      );
    this.nodes = new Float64Array(list.length * 6);
    this.links = new Int32Array(list.length * 4);
    const order: number[] = [];
    list.forEach((node, index) => {
      this.nodes.set([...node.min, ...node.max], index * 6);
      const third = node.items.length > 0 ? order.length : node.axis;
      this.links.set([node.left, node.right, third, node.items.length], index * 4);
      order.push(...node.items);
    });
    this.order = Int32Array.from(order);
  }

  private split(list: Node[], items: number[]): number {
    const min: [number, number, number] = [farM, farM, farM];
    const max: [number, number, number] = [-farM, -farM, -farM];
    for (const item of items)
      for (const i of [0, 1, 2] as const) {
        min[i] = Math.min(min[i], (this.solids[item] as Solid).min[i] - 1e-4);
        max[i] = Math.max(max[i], (this.solids[item] as Solid).max[i] + 1e-4);
      }
    const node: Node = { min, max, left: -1, right: -1, axis: 0, items: [] };
    const at = list.push(node) - 1;
    if (items.length <= leafSize) {
      node.items = items;
      return at;
    }
    const { axis, sorted, cut } = this.bestCut(items);
    node.axis = axis;
    node.left = this.split(list, sorted.slice(0, cut));
    node.right = this.split(list, sorted.slice(cut));
    return at;
  }

  /** Where to divide a group so that rays have the least to test: few things in boxes of small surface. */
  private bestCut(items: readonly number[]): { axis: 0 | 1 | 2; sorted: number[]; cut: number } {
    let best = { axis: 0 as 0 | 1 | 2, sorted: [...items], cut: items.length >> 1 };
    let least = Infinity;
    for (const axis of [0, 1, 2] as const) {
      const middle = (item: number) =>
        (this.solids[item] as Solid).min[axis] + (this.solids[item] as Solid).max[axis];
      const sorted = [...items].sort((a, b) => middle(a) - middle(b) || a - b);
      const left = this.surfaces(sorted);
      const right = this.surfaces(sorted.toReversed());
      for (let cut = 1; cut < sorted.length; cut++) {
        const rest = sorted.length - cut;
        const cost = (left[cut - 1] as number) * cut + (right[rest - 1] as number) * rest;
        if (cost < least) {
          least = cost;
          best = { axis, sorted, cut };
        }
      }
    }
    return best;
  }

  /** Half the surface of the box around the first 1, 2, 3 … things. */
  private surfaces(items: readonly number[]): Float64Array {
    const min = [farM, farM, farM];
    const max = [-farM, -farM, -farM];
    return Float64Array.from(items, (item) => {
      const solid = this.solids[item] as Solid;
      for (const i of [0, 1, 2] as const) {
        min[i] = Math.min(min[i] as number, solid.min[i]);
        max[i] = Math.max(max[i] as number, solid.max[i]);
      }
      const [x, y, z] = [0, 1, 2].map((i) => (max[i] as number) - (min[i] as number)) as [
        number,
        number,
        number,
      ];
      return x * y + y * z + z * x;
    });
  }

  /** The nearest thing along a ray; true when there is one before `tMax`. */
  closest(
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    tMax = farM,
    any = false,
  ): boolean {
    this.hitT = tMax;
    this.hitSolid = -2;
    if (this.groundY !== null && dy < 0 && oy > this.groundY) {
      const t = (this.groundY - oy) / dy;
      if (t < this.hitT) {
        this.hitT = t;
        this.hitSolid = -1;
        if (any) return true;
      }
    }
    const { nodes, links, order } = this;
    if (links.length === 0) return this.hitSolid !== -2;
    const ix = 1 / (dx || 1e-12);
    const iy = 1 / (dy || 1e-12);
    const iz = 1 / (dz || 1e-12);
    // Which of a box's two planes the ray meets first, along each axis.
    const sx = ix < 0 ? 3 : 0;
    const sy = iy < 0 ? 3 : 0;
    const sz = iz < 0 ? 3 : 0;
    let top = 0;
    stack[top++] = 0;
    while (top > 0) {
      const node = stack[--top] as number;
      const n = node * 6;
      let near = ((nodes[n + sx] as number) - ox) * ix;
      let far = ((nodes[n + 3 - sx] as number) - ox) * ix;
      const nearY = ((nodes[n + 1 + sy] as number) - oy) * iy;
      const farY = ((nodes[n + 4 - sy] as number) - oy) * iy;
      if (nearY > near) near = nearY;
      if (farY < far) far = farY;
      const nearZ = ((nodes[n + 2 + sz] as number) - oz) * iz;
      const farZ = ((nodes[n + 5 - sz] as number) - oz) * iz;
      if (nearZ > near) near = nearZ;
      if (farZ < far) far = farZ;
      if (far < 0 || near > far || near > this.hitT) continue;
      const l = node * 4;
      const items = links[l + 3] as number;
      if (items === 0) {
        const axis = links[l + 2] as number;
        const falling = axis === 0 ? dx < 0 : axis === 1 ? dy < 0 : dz < 0;
        stack[top++] = links[falling ? l : l + 1] as number;
        stack[top++] = links[falling ? l + 1 : l] as number;
        continue;
      }
      const first = links[l + 2] as number;
      for (let i = first; i < first + items; i++) {
        const index = order[i] as number;
        const traits = this.traits[index] as number;
        if (any && (traits & 2) !== 0) continue;
        const met =
          (traits & 1) !== 0
            ? this.meetLeaves(index, ox, oy, oz, dx, dy, dz)
            : this.meetConvex(index, ox, oy, oz, dx, dy, dz);
        if (met && any) return true;
      }
    }
    return this.hitSolid !== -2;
  }

  private meetConvex(
    index: number,
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
  ): boolean {
    const { planes } = this;
    let near = -farM;
    let far = this.hitT;
    let face = 0;
    const end = this.starts[index + 1] as number;
    const begin = this.starts[index] as number;
    for (let p = begin; p < end; p += 4) {
      const nx = planes[p] as number;
      const ny = planes[p + 1] as number;
      const nz = planes[p + 2] as number;
      const down = nx * dx + ny * dy + nz * dz;
      const gap = (planes[p + 3] as number) - (nx * ox + ny * oy + nz * oz);
      if (down < -1e-12) {
        const t = gap / down;
        if (t > near) {
          near = t;
          face = p;
        }
      } else if (down > 1e-12) {
        const t = gap / down;
        if (t < far) far = t;
      } else if (gap < 0) return false;
      if (near > far) return false;
    }
    if (near < 1e-4 || near >= this.hitT) return false;
    this.hitT = near;
    this.hitSolid = index;
    this.hitFace = (face - begin) >> 2;
    return true;
  }

  private meetLeaves(
    index: number,
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
  ): boolean {
    const leaves = (this.solids[index] as Solid).leaves as NonNullable<Solid['leaves']>;
    const [cx, cy, cz] = leaves.centre;
    const px = ox - cx;
    const py = oy - cy;
    const pz = oz - cz;
    const a = dx * dx + dy * dy + dz * dz;
    const half = px * dx + py * dy + pz * dz;
    const square = half * half - a * (px * px + py * py + pz * pz - leaves.radius * leaves.radius);
    if (square <= 0) return false;
    const root = Math.sqrt(square);
    const enter = Math.max((-half - root) / a, 1e-3);
    const leave = Math.min((-half + root) / a, this.hitT);
    const steps = 4;
    const jitter = hash3(px * 57 + dx * 911, py * 57 + dy * 911, pz * 57 + dz * 911);
    for (let step = 0; step < steps; step++) {
      const t = enter + ((leave - enter) * (step + 0.2 + 0.6 * jitter)) / steps;
      if (t >= this.hitT || t < enter) break;
      const x = px + dx * t;
      const y = py + dy * t;
      const z = pz + dz * t;
      const out = (x * x + y * y + z * z) / (leaves.radius * leaves.radius);
      const grain = noise3((x + cx) * 3.1, (y + cy) * 3.1, (z + cz) * 3.1, 5);
      if (grain + leaves.density - 0.75 * out * out > 0.72) {
        this.hitT = t;
        this.hitSolid = index;
        this.hitFace = 0;
        return true;
      }
    }
    return false;
  }

  /** Whether anything lies between a point and `tMax` along a direction. */
  blocked(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, tMax = farM): boolean {
    return this.closest(ox, oy, oz, dx, dy, dz, tMax, true);
  }

  /** Fills `point` from the last hit of a ray and lets the material there decide what it is. */
  describe(
    point: SurfacePoint,
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
  ): void {
    const t = this.hitT;
    const x = (point.x = ox + dx * t);
    const y = (point.y = oy + dy * t);
    const z = (point.z = oz + dz * t);
    point.reset();
    if (this.hitSolid === -1) {
      point.nx = point.nz = 0;
      point.ny = 1;
      point.u = x;
      point.v = z;
      point.seed = 0;
      point.lengthU = point.lengthV = farM;
      this.ground?.(point);
      return;
    }
    const solid = this.solids[this.hitSolid] as Solid;
    point.seed = solid.seed;
    if (solid.leaves) {
      const { centre, radius, material } = solid.leaves;
      const bend = 0.9 / radius;
      point.nx = (x - centre[0]) * bend + noise3(x * 4, y * 4, z * 4, 1) - 0.5;
      point.ny = (y - centre[1]) * bend + noise3(x * 4, y * 4, z * 4, 2) - 0.35;
      point.nz = (z - centre[2]) * bend + noise3(x * 4, y * 4, z * 4, 3) - 0.5;
      const length = Math.hypot(point.nx, point.ny, point.nz) || 1;
      point.nx /= length;
      point.ny /= length;
      point.nz /= length;
      material(point);
      return;
    }
    const face = solid.faces[this.hitFace];
    if (!face) return;
    point.nx = face.normal[0];
    point.ny = face.normal[1];
    point.nz = face.normal[2];
    const ua = face.tangentU;
    const va = face.tangentV;
    point.u = x * ua[0] + y * ua[1] + z * ua[2] - face.minU;
    point.v = x * va[0] + y * va[1] + z * va[2] - face.minV;
    point.lengthU = face.maxU - face.minU;
    point.lengthV = face.maxV - face.minV;
    if (solid.axis && Math.abs(point.ny) < 0.8) {
      const ax = x - solid.axis.x;
      const az = z - solid.axis.z;
      const level = Math.sqrt(1 - point.ny * point.ny) / (Math.hypot(ax, az) || 1);
      point.nx = ax * level;
      point.nz = az * level;
    }
    face.material(point);
  }
}

import { hex, type Rgb } from './colour.ts';
import { hash3, noise2 } from './random.ts';
import { brick, paint } from './materials.ts';
import type { Material, SurfacePoint } from './surface.ts';

export interface FacadeOptions {
  wall: Rgb;
  /** Bricks of the wall's colour instead of plaster. */
  bricks?: boolean;
  floorM?: number;
  bayM?: number;
  /** Size of a window. */
  windowW?: number;
  windowH?: number;
  frame?: Rgb;
  /** Share of lit windows. */
  lit?: number;
  litPower?: number;
  /** What the foot of the house is, and how high. */
  foot?: 'shops' | 'plain' | 'arcade';
  footM?: number;
  /** Light in the shop windows. */
  shopLight?: number;
  /** Bands of stone between the storeys. */
  bands?: boolean;
  shutters?: Rgb;
}

const lampColours = ['#ffd9a0', '#ffe6c2', '#ffc27a', '#e8f0ff', '#ffdfb0'].map((text) => hex(text));
const curtains = ['#d8d0c0', '#b8b4ac', '#9aa4a8', '#c8b49a'].map((text) => hex(text));
const shopColours = ['#7a2f2b', '#23404f', '#3d5a40', '#c9a24a', '#5a3a55', '#e4ddd0', '#2b2b30'].map(
  (text) => hex(text),
);
const glass = hex('#27323a');
const paleFrame = hex('#d8d4c8');
const signInk = hex('#efe6cf');
const signLight = hex('#ffe9c0');

/** A pane: dark glass that mirrors, a curtain or blind behind it, or light. */
function pane(p: SurfacePoint, id: number, row: number, fx: number, fy: number, o: FacadeOptions): void {
  const dice = hash3(id, row, p.seed + 11);
  p.albedo(glass, 0.6 + 0.5 * fy);
  p.gloss = 0.7;
  p.mirror = 0.22;
  if (dice < (o.lit ?? 0)) {
    const tone = lampColours[Math.floor(hash3(id, row, p.seed) * lampColours.length)] as Rgb;
    const power = (o.litPower ?? 0.9) * (0.45 + 0.75 * hash3(row, id, 5));
    const inside = 0.6 + 0.4 * fy - (Math.abs(fx - 0.5) > 0.36 ? 0.35 : 0);
    p.shine(tone, power * inside * (0.85 + 0.3 * noise2(fx * 4 + id, fy * 4 + row, 2)));
    p.gloss = 0.15;
    return;
  }
  const behind = hash3(row, id, p.seed + 7);
  const cloth = curtains[Math.floor(behind * 31) % curtains.length] as Rgb;
  if (behind < 0.34) p.blend(cloth, Math.abs(fx - 0.5) > 0.27 ? 0.55 : 0);
  else if (behind < 0.55) p.blend(cloth, fy > 0.4 + behind ? 0.6 : 0);
}

function windowAt(p: SurfacePoint, o: FacadeOptions, u: number, v: number, id: number, row: number): boolean {
  const { bayM = 2.6, floorM = 3.2, windowW = 1.15, windowH = 1.65, frame = paleFrame } = o;
  const x = u - id * bayM - (bayM - windowW) / 2;
  const y = v - row * floorM - (floorM - windowH) * 0.55;
  if (
    o.shutters &&
    x > -0.5 &&
    x < windowW + 0.5 &&
    y > 0 &&
    y < windowH &&
    (x < -0.04 || x > windowW + 0.04)
  ) {
    p.albedo(o.shutters, (y / 0.09) % 1 < 0.35 ? 0.7 : 1);
    return true;
  }
  if (x > -0.12 && x < windowW + 0.12 && y > -0.16 && y < 0) {
    p.albedo(frame, 1);
    return true;
  }
  if (x > -0.08 && x < windowW + 0.08 && y > windowH && y < windowH + 0.14) {
    p.albedo(frame, 0.75);
    return true;
  }
  if (x < 0 || x > windowW || y < 0 || y > windowH) return false;
  const rim = Math.min(x, windowW - x, y, windowH - y);
  const bar = Math.min(Math.abs(x - windowW / 2), Math.abs(y - windowH * 0.62));
  if (rim < 0.07 || (bar < 0.035 && p.distance < 80)) {
    p.albedo(frame, y > windowH - 0.1 ? 0.5 : 0.85);
    return true;
  }
  pane(p, id, row, x / windowW, y / windowH, o);
  if (y > windowH - 0.28) {
    p.r *= 0.55;
    p.g *= 0.55;
    p.b *= 0.55;
  }
  return true;
}

/** Goods behind a shop window: boxes on shelves, a few tall shapes; returns how much of the light they take. */
function display(p: SurfacePoint, x: number, shop: number): number {
  const rowM = 0.52;
  const row = Math.floor(p.v / rowM);
  const stepM = 0.28 + 0.3 * hash3(shop, row, p.seed);
  const item = Math.floor(x / stepM);
  const fx = (x / stepM) % 1;
  const fy = (p.v / rowM) % 1;
  const tall = 0.35 + 0.6 * hash3(item, row, shop + p.seed);
  if (fy < 0.08) {
    p.albedo(glass, 1.6);
    return 0.5;
  }
  if (p.v > 2.1 || hash3(item, row, shop) < 0.35 || fy > tall || fx > 0.8) return 0.1;
  const colour = shopColours[Math.floor(hash3(row, item, shop) * shopColours.length)] as Rgb;
  p.blend(colour, 0.55);
  return 0.45;
}

function shopFront(p: SurfacePoint, o: FacadeOptions, footM: number): void {
  const wide = 6.2;
  const shop = Math.floor(p.u / wide);
  const x = p.u - shop * wide;
  const colour = shopColours[Math.floor(hash3(shop, p.seed, 3) * shopColours.length)] as Rgb;
  p.albedo(colour, 0.9);
  if (p.v > footM - 0.75) {
    if (p.v > footM - 0.12) p.albedo(o.wall, 0.6);
    else if (p.v > footM - 0.6 && x > 1.2 && x < 4.8 && hash3(Math.floor(x / 0.32), shop, p.seed) > 0.3) {
      const stroke = (x / 0.32) % 1 < 0.62 && p.v > footM - 0.5 && p.v < footM - 0.28;
      if (stroke) p.blend(signInk, 0.8);
      if (stroke && (o.shopLight ?? 0) > 0.3) p.shine(signLight, (o.shopLight ?? 0) * 0.8);
    }
    return;
  }
  const rim = Math.min(x, wide - x);
  if (rim < 0.35 || p.v < 0.45) return;
  const door = x > wide - 1.6;
  if (door && (x < wide - 1.5 || x > wide - 0.5)) return;
  const pillar = !door && Math.abs((x % 1.6) - 0.8) > 0.76;
  if (pillar) return;
  p.albedo(glass, 0.8);
  p.gloss = 0.5;
  const light = o.shopLight ?? 0;
  const shelf = display(p, x, shop);
  if (light > 0) {
    const tone = lampColours[Math.floor(hash3(shop, 8, p.seed) * lampColours.length)] as Rgb;
    const fall = 0.45 + 0.55 * (p.v / footM);
    const power = light * fall * (1.1 - shelf * 0.9);
    p.shine(tone, power);
    p.er += p.r * light * 0.8;
    p.eg += p.g * light * 0.8;
    p.eb += p.b * light * 0.8;
    p.gloss = 0.12;
  }
}

/** The street side of a house: storeys of windows, shops or a plain foot, a cornice, dirt that gathers low down. */
export function facade(o: FacadeOptions): Material {
  const { bayM = 2.6, floorM = 3.2, foot = 'plain', footM = foot === 'plain' ? 0.8 : 4 } = o;
  const body = o.bricks ? brick(o.wall) : paint(o.wall, 0.16);
  return (p) => {
    if (foot === 'shops' && p.v < footM) return shopFront(p, o, footM);
    const v = p.v - footM;
    const usable = Math.max(0, Math.floor(p.lengthU / bayM));
    const u = p.u - (p.lengthU - usable * bayM) / 2;
    const id = Math.floor(u / bayM);
    const row = Math.floor(v / floorM);
    const rows = Math.floor((p.lengthV - footM - 0.5) / floorM);
    if (v > 0 && id >= 0 && id < usable && row < rows && windowAt(p, o, u, v, id, row)) return;
    body(p);
    if (p.v > p.lengthV - 0.45) p.albedo(o.wall, p.v > p.lengthV - 0.12 ? 1.15 : 0.72);
    else if (o.bands && v > 0 && v % floorM < 0.22 && row <= rows)
      p.albedo(o.wall, v % floorM < 0.05 ? 0.6 : 1.12);
    if (p.v < footM && foot === 'plain') p.albedo(o.wall, 0.62);
    const dirt = noise2(p.u * 0.9, p.v * 0.25, p.seed) * Math.max(0, 1 - p.v / 7);
    const dark = 1 - 0.28 * dirt;
    p.r *= dark;
    p.g *= dark;
    p.b *= dark;
  };
}

export interface GlassWallOptions {
  tint?: Rgb;
  floorM?: number;
  paneM?: number;
  lit?: number;
  litPower?: number;
  mullion?: Rgb;
}

/** An office front of glass. */
export function glassWall(o: GlassWallOptions = {}): Material {
  const { tint = hex('#2f4450'), floorM = 3.6, paneM = 1.5, lit = 0, litPower = 0.8 } = o;
  const mullion = o.mullion ?? hex('#39434a');
  return (p) => {
    const row = Math.floor(p.v / floorM);
    const id = Math.floor(p.u / paneM);
    const fv = (p.v % floorM) / floorM;
    const fu = (p.u % paneM) / paneM;
    p.gloss = 0.75;
    p.rough = 0;
    p.mirror = 0.38;
    p.albedo(tint, 0.7 + 0.4 * hash3(id, row, p.seed));
    if (fv < 0.2) p.albedo(tint, 0.55);
    if (fu < 0.06 || fv < 0.03) {
      p.albedo(mullion);
      p.gloss = 0.1;
      return;
    }
    const room = Math.floor(id / 3);
    if (fv > 0.2 && hash3(room, row, p.seed + 1) < lit) {
      const tone = lampColours[Math.floor(hash3(room, row, 4) * lampColours.length)] as Rgb;
      p.shine(tone, litPower * (0.35 + 0.65 * fv) * (0.6 + 0.6 * hash3(id, row, 2)));
      p.gloss = 0.3;
    }
  };
}

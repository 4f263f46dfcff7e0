import { clockGeometry, paintClock } from './clock.ts';
import { inkText, type Mask } from './kit/font.ts';

const darkCell = 12;
const lightCell = 104;

const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
/** A time of day as on a clock face. */
const clockFace = (seconds: number): string =>
  `${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;

const short = (text: string) =>
  text
    .replaceAll(/\bStreet\b/g, 'St')
    .replaceAll(/\bRoad\b/g, 'Rd')
    .replaceAll(/\bLane\b/g, 'Ln')
    .replaceAll(' at ', ' / ');

/** What a camera burns into its picture: name, place, time, and the frame clock below them. */
export class Overlay {
  private readonly width: number;
  private readonly height: number;
  private readonly camera: number;
  private readonly clockS: number;
  private readonly cap: number;
  private readonly title: Mask;
  private readonly face = new Map<string, Mask>();

  constructor(
    camera: { name: string; place: string; number: number; clockS: number },
    size: { width: number; height: number },
  ) {
    this.width = size.width;
    this.height = size.height;
    this.camera = camera.number & 0xff;
    this.clockS = camera.clockS;
    this.cap = size.width / 76;
    this.title = inkText(`${camera.name}   ${short(camera.place)}`, this.cap);
  }

  /** Paints over a picture of red, green, blue, 255. `ms` since the loop began. */
  paint(rgba: Uint8Array, ms: number): void {
    const { width, height, cap } = this;
    const { cell, top } = clockGeometry(width, height);
    const stripTop = Math.round(top - cap * 1.85);
    for (let y = stripTop; y < height; y++) {
      const keep = 0.4 - 0.1 * ((y - stripTop) / (height - stripTop));
      for (let o = y * width * 4, end = o + width * 4; o < end; o++) rgba[o] = (rgba[o] as number) * keep;
    }
    const y = Math.round(top - cap * 1.5);
    this.stamp(rgba, this.title, Math.round(cell), y, 226);
    const face = clockFace(this.clockS + ms / 1000);
    let ink = this.face.get(face);
    if (!ink) this.face.set(face, (ink = inkText(face, cap)));
    this.stamp(rgba, ink, Math.round(width - ink.width - cell / 2), y, 226);
    paintClock(width, height, { camera: this.camera, ms }, (x, cellY, w, h, light) => {
      const level = light ? lightCell : darkCell;
      for (let row = Math.floor(cellY); row < Math.min(height, cellY + h); row++)
        for (let o = (row * width + x) * 4, end = o + w * 4; o < end; o++) rgba[o] = level;
    });
  }

  private stamp(rgba: Uint8Array, mask: Mask, left: number, top: number, level: number): void {
    for (let y = 0; y < mask.height; y++)
      for (let x = 0; x < mask.width; x++) {
        const share = (mask.alpha[y * mask.width + x] as number) / 255;
        if (share === 0 || left + x >= this.width) continue;
        const o = ((top + y) * this.width + left + x) * 4;
        for (let i = 0; i < 3; i++) rgba[o + i] = (rgba[o + i] as number) * (1 - share) + level * share;
      }
  }
}

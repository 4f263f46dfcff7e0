import { maxScreenshotChars } from '@clerestory/protocol';

/** Pixels across; enough to see what is on the tiles. */
const widthPx = 800;
/** Above each picture, for its name: cameras write their own words along the lower edge, and often the upper one. */
const captionPx = 16;
const qualities = [0.6, 0.45, 0.3, 0.18] as const;

/** What the tiles of this page show, drawn small. */
export interface DrawnScreen {
  jpeg: string;
  width: number;
  height: number;
  cameras: string[];
}

/** The picture that lies uppermost on a tile, if one does. */
function pictureOf(tile: Element): { source: CanvasImageSource; width: number; height: number } | null {
  const video = [...tile.querySelectorAll('video')].findLast((one) => one.videoWidth > 0);
  if (video) return { source: video, width: video.videoWidth, height: video.videoHeight };
  const image = [...tile.querySelectorAll('img')].findLast((one) => one.naturalWidth > 0);
  return image ? { source: image, width: image.naturalWidth, height: image.naturalHeight } : null;
}

function drawTile(pen: CanvasRenderingContext2D, tile: HTMLElement, scale: number): boolean {
  const { left, top, width, height } = tile.getBoundingClientRect();
  const [x, y, w, h] = [left * scale, top * scale, width * scale, height * scale];
  pen.fillStyle = '#11161c';
  pen.fillRect(x, y, w, h);
  const live = tile.dataset['picture'] !== 'none';
  // Whoever sees this has not asked its owner for it, and what is not known to be public may be private.
  const isOpen = tile.dataset['visibility'] === 'public';
  const picture = live && isOpen ? pictureOf(tile) : null;
  if (picture) {
    const room = Math.max(1, h - captionPx);
    const fit = Math.min(w / picture.width, room / picture.height);
    const [pw, ph] = [picture.width * fit, picture.height * fit];
    pen.drawImage(picture.source, x + (w - pw) / 2, y + captionPx + (room - ph) / 2, pw, ph);
  }
  pen.fillStyle = '#d4dbe2';
  if (!isOpen && tile.dataset['camera'] !== '') {
    pen.font = '14px sans-serif';
    pen.textAlign = 'center';
    pen.fillText('Private', x + w / 2, y + h / 2, w);
    pen.textAlign = 'start';
  }
  pen.font = '11px sans-serif';
  const name = tile.getAttribute('aria-label') ?? '';
  pen.fillText(name, x + 4, y + captionPx - 4, Math.max(0, w - 8));
  return picture !== null;
}

/**
 * Draws the tiles of this page, and nothing else, as a small JPEG; private cameras black, with a word. Null with a reason in words where the browser refuses or it
 * cannot be made small enough.
 */
export function drawScreen(): DrawnScreen | string {
  const scale = widthPx / window.innerWidth;
  const canvas = document.createElement('canvas');
  canvas.width = widthPx;
  canvas.height = Math.max(1, Math.round(window.innerHeight * scale));
  const pen = canvas.getContext('2d');
  if (!pen) return 'The browser of the screen cannot draw';
  pen.fillStyle = '#0b0f13';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const cameras: string[] = [];
  for (const tile of document.querySelectorAll<HTMLElement>('.tile[data-camera]')) {
    const camera = tile.dataset['camera'] ?? '';
    if (drawTile(pen, tile, scale) && camera !== '') cameras.push(camera);
  }
  try {
    for (const quality of qualities) {
      const jpeg = canvas.toDataURL('image/jpeg', quality).split(',')[1] ?? '';
      if (jpeg.length > 0 && jpeg.length <= maxScreenshotChars)
        return { jpeg, width: canvas.width, height: canvas.height, cameras: [...new Set(cameras)] };
    }
  } catch {
    return 'The browser of the screen does not give its picture away';
  }
  return 'The picture of the screen is too large to be sent';
}

/** What is written under a picture that leaves the wall. */
export interface SnapshotCaption {
  /** Number and name of the camera. */
  camera: string;
  place: string;
  /** When it was captured, Unix ms. */
  at: number;
  seen: 'live' | 'replay';
  /** Who takes it. */
  by: string;
}

export interface Snapshot {
  blob: Blob;
  width: number;
  height: number;
  /** Of the whole file, lower-case hexadecimal. */
  sha256: string;
  fileName: string;
}

const captionShare = 0.075;
const font = 'Inter Variable, Inter, system-ui, sans-serif';

/** Date and time to the millisecond, in UTC, so that nobody has to know where it was read. */
export const exactTime = (atMs: number): string => new Date(atMs).toISOString().replace('T', ' ');

export function fileNameOf({ camera, at, seen }: SnapshotCaption): string {
  const words = camera
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const time = new Date(at).toISOString().replaceAll(/[:.]/g, '-');
  return `${words.slice(0, 60) || 'camera'}_${time}${seen === 'replay' ? '_replay' : ''}.png`;
}

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * The frame on an element as a PNG of its own size, with a caption below it, so that nothing of the picture is covered.
 * Rejects when there is no frame.
 */
export async function takeSnapshot(video: HTMLVideoElement, caption: SnapshotCaption): Promise<Snapshot> {
  const { videoWidth: width, videoHeight: pictureHeight } = video;
  if (width === 0) throw new Error('there is no frame');
  const line = Math.max(18, Math.round(pictureHeight * captionShare * 0.42));
  const foot = line * 2 + Math.round(line * 0.9);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = pictureHeight + foot;
  const paint = canvas.getContext('2d');
  if (!paint) throw new Error('the browser draws no pictures');
  paint.drawImage(video, 0, 0, width, pictureHeight);
  paint.fillStyle = '#0b0f13';
  paint.fillRect(0, pictureHeight, width, foot);
  paint.fillStyle = '#d4dbe2';
  paint.textBaseline = 'middle';
  const left = Math.round(line * 0.6);
  const room = width - 2 * left;
  const { camera, place, at, seen, by } = caption;
  paint.font = `600 ${line}px ${font}`;
  paint.fillText([camera, place].filter(Boolean).join(' · '), left, pictureHeight + line * 0.9, room);
  paint.font = `400 ${Math.round(line * 0.85)}px ${font}`;
  const second = `${exactTime(at)} UTC${seen === 'replay' ? ' · replay' : ''} · taken by ${by}`;
  paint.fillText(second, left, pictureHeight + line * 2.05, room);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('the browser made no picture of it');
  const bytes = await blob.arrayBuffer();
  const sha256 = hex(await digest(bytes));
  return { blob, width, height: pictureHeight + foot, sha256, fileName: fileNameOf(caption) };
}

/** `crypto.subtle` is there on secure origins and on this machine itself. */
async function digest(bytes: ArrayBuffer): Promise<ArrayBuffer> {
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  if (!subtle)
    throw new Error('this page is not on a secure address (https), where the browser computes no hash');
  return subtle.digest('SHA-256', bytes);
}

/** Hands a file to whoever sits here. */
export function saveFile(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

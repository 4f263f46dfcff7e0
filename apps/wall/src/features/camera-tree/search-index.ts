import type { Camera } from '@clerestory/protocol';

/** Lower case and without accents, so that "cafe" finds "Café". */
export const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** What a camera is found by. A camera that is changed is another object, so nothing here grows old. */
const texts = new WeakMap<Camera, string>();

function textOf(camera: Camera): string {
  let text = texts.get(camera);
  if (text === undefined) {
    text = plain([camera.name, camera.place, camera.neighbourhood, ...camera.tags].join(' '));
    texts.set(camera, text);
  }
  return text;
}

export const wordsOf = (query: string): string[] => plain(query).split(/\s+/).filter(Boolean);

/** Every word is the start of the camera's number or occurs in its words. */
export function matches(camera: Camera, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = textOf(camera);
  return words.every((word) => text.includes(word) || String(camera.number).startsWith(word));
}

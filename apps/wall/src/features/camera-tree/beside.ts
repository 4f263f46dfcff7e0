import type { Camera } from '@clerestory/protocol';

/** Metres of a degree of latitude. */
const degreeM = 111_320;

/** Distance on the ground, metres; fit for a city, not for an ocean. */
export function distanceM(
  a: { latitude: number; longitude: number },
  b: { latitude: number; longitude: number },
): number {
  const shrink = Math.cos((((a.latitude + b.latitude) / 2) * Math.PI) / 180);
  const turn = Math.abs(a.longitude - b.longitude);
  return Math.hypot((a.latitude - b.latitude) * degreeM, Math.min(turn, 360 - turn) * shrink * degreeM);
}

const placed = (camera: Camera): camera is Camera & { latitude: number; longitude: number } =>
  camera.latitude !== null && camera.longitude !== null;

/**
 * The camera next to this one: of all that have a place, in a round that goes from each to the nearest not yet seen,
 * begun at the lowest number, so that "next" and "previous" are each other's way back. By number where it has no place.
 */
export function besideByPlace(cameras: readonly Camera[], from: string, step: 1 | -1): string | null {
  const byNumber = [...cameras].sort((a, b) => a.number - b.number);
  const start = byNumber.find(({ id }) => id === from);
  if (!start || byNumber.length < 2) return null;
  const around = placed(start) ? roundOf(byNumber.filter(placed)) : byNumber;
  const list = around.length > 1 ? around : byNumber;
  const at = list.findIndex(({ id }) => id === from);
  return list[(at + step + list.length) % list.length]?.id ?? null;
}

/** Beyond this many, neighbours are those of the same neighbourhood and its number order: a round would take too long. */
const mostInRound = 1_000;

function roundOf(cameras: readonly (Camera & { latitude: number; longitude: number })[]): readonly Camera[] {
  const first = cameras[0];
  if (!first) return [];
  if (cameras.length > mostInRound)
    return [...cameras].sort((a, b) => a.neighbourhood.localeCompare(b.neighbourhood) || a.number - b.number);
  const left = new Set(cameras.slice(1));
  const round = [first];
  for (let at = first; left.size > 0;) {
    let nearest: typeof first | null = null;
    let nearestM = Infinity;
    for (const one of left) {
      const m = distanceM(at, one);
      if (m < nearestM) [nearest, nearestM] = [one, m];
    }
    if (!nearest) break;
    left.delete(nearest);
    round.push(nearest);
    at = nearest;
  }
  return round;
}

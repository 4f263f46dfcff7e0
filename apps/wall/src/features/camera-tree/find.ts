import type { Camera, CameraHealth, HealthState } from '@clerestory/protocol';

export interface CameraGroup {
  name: string;
  cameras: Camera[];
}

/** Cameras that belong to no neighbourhood come last, under this name. */
export const elsewhere = 'Elsewhere';

/** Lower case and without accents, so that "cafe" finds "Café". */
const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

const textOf = (camera: Camera): string =>
  plain([camera.name, camera.place, camera.neighbourhood, ...camera.tags].join(' '));

/** Every word of the query is the start of the camera's number or occurs in its words. */
function matches(camera: Camera, words: readonly string[]): boolean {
  const text = textOf(camera);
  return words.every((word) => String(camera.number).startsWith(word) || text.includes(word));
}

/** The cameras that fit a search and a filter, by neighbourhood, each group in the order of the numbers. */
export function findCameras(
  cameras: readonly Camera[],
  health: Readonly<Record<string, CameraHealth>>,
  query: string,
  filter: HealthState | 'all',
): CameraGroup[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const groups = new Map<string, Camera[]>();
  const fitting = cameras.filter(
    (camera) =>
      (filter === 'all' || (health[camera.id]?.state ?? 'idle') === filter) && matches(camera, words),
  );
  for (const camera of fitting.sort((a, b) => a.number - b.number)) {
    const name = camera.neighbourhood || elsewhere;
    groups.set(name, [...(groups.get(name) ?? []), camera]);
  }
  const last = (name: string) => (name === elsewhere ? 1 : 0);
  return [...groups]
    .map(([name, list]) => ({ name, cameras: list }))
    .sort((a, b) => last(a.name) - last(b.name) || a.name.localeCompare(b.name));
}

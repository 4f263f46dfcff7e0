import type { Camera, CameraHealth, HealthState, TreeGrouping } from '@clerestory/protocol';
import { matches, wordsOf } from './search-index.ts';

export interface CameraGroup {
  /** What it is called, and by what it is known. */
  name: string;
  cameras: Camera[];
}

/** Cameras that belong nowhere come last, under these names. */
export const elsewhere = 'Elsewhere';
const nowhere: Record<TreeGrouping, string> = {
  neighbourhood: elsewhere,
  site: 'No place given',
  group: 'In no group',
  tag: 'Without a tag',
};

export interface FindOptions {
  query: string;
  state: HealthState | 'all';
  by: TreeGrouping;
  /** Only these, where it is given. */
  only: ReadonlySet<string> | null;
  /** Camera → names of the groups it is in; for `by: 'group'`. */
  groupsOf: ReadonlyMap<string, readonly string[]>;
}

export const everything: FindOptions = {
  query: '',
  state: 'all',
  by: 'neighbourhood',
  only: null,
  groupsOf: new Map(),
};

/** Under what a camera stands; under each of its tags and groups. */
function namesOf(camera: Camera, { by, groupsOf }: FindOptions): readonly string[] {
  switch (by) {
    case 'neighbourhood':
      return [camera.neighbourhood];
    case 'site':
      return [camera.place];
    case 'tag':
      return camera.tags.length > 0 ? camera.tags : [''];
    case 'group':
      return groupsOf.get(camera.id) ?? [''];
  }
}

/**
 * The cameras that fit, in groups, each in the order of the numbers. `cameras` are in that order already; nothing here
 * sorts what a registry of ten thousand has sorted once.
 */
export function findCameras(
  cameras: readonly Camera[],
  health: Readonly<Record<string, CameraHealth>>,
  options: FindOptions,
): CameraGroup[] {
  const { query, state, only, by } = options;
  const words = wordsOf(query);
  const groups = new Map<string, Camera[]>();
  for (const camera of cameras) {
    if (only && !only.has(camera.id)) continue;
    if (state !== 'all' && (health[camera.id]?.state ?? 'idle') !== state) continue;
    if (!matches(camera, words)) continue;
    for (const name of namesOf(camera, options)) {
      const group = groups.get(name);
      if (group) group.push(camera);
      else groups.set(name, [camera]);
    }
  }
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...groups]
    .sort(([a], [b]) => Number(a === '') - Number(b === '') || order.compare(a, b))
    .map(([name, list]) => ({ name: name || nowhere[by], cameras: list }));
}

/** One line of the list. */
export type TreeLine =
  | { kind: 'group'; name: string; count: number; isClosed: boolean }
  | { kind: 'camera'; camera: Camera; key: string };

/** By what the list and its keys know a line. */
export const keyOfLine = (line: TreeLine): string =>
  line.kind === 'camera' ? line.key : `group ${line.name}`;

/** The line so many further on, groups too; from nowhere the first camera, or backwards the last line. Null in an empty list. */
export function lineFrom(lines: readonly TreeLine[], active: string | null, step: number): string | null {
  const at = active === null ? -1 : lines.findIndex((line) => keyOfLine(line) === active);
  const first = lines.findIndex(({ kind }) => kind === 'camera');
  const to = at >= 0 ? at + step : step > 0 ? Math.max(0, first) + step - 1 : lines.length + step;
  const line = lines[Math.min(lines.length - 1, Math.max(0, to))];
  return line ? keyOfLine(line) : null;
}

/** The group that a line is in, or is. */
export function groupAt(lines: readonly TreeLine[], active: string | null) {
  const at = lines.findIndex((line) => keyOfLine(line) === active);
  return lines.slice(0, at + 1).findLast((line) => line.kind === 'group');
}

/** The list as lines, without the cameras of closed groups. */
export function linesOf(groups: readonly CameraGroup[], closed: ReadonlySet<string>): TreeLine[] {
  const lines: TreeLine[] = [];
  for (const { name, cameras } of groups) {
    const isClosed = closed.has(name);
    lines.push({ kind: 'group', name, count: cameras.length, isClosed });
    if (!isClosed)
      for (const camera of cameras) lines.push({ kind: 'camera', camera, key: `${name} ${camera.id}` });
  }
  return lines;
}

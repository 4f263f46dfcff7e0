import { tileCount } from '@clerestory/layout';
import type { Camera, ConsentState, Grant, GrantWay, LayoutId, Scene, TileRef } from '@clerestory/protocol';
import { roleWords } from '../people/role-words.ts';
import { shownTile } from '../../state/shown-tile.ts';
import type { WallStore } from '../../state/store.ts';

/** A camera that is asked for, and the screen it is to be shown on. */
export interface Target {
  camera: string;
  screen: string | null;
}

export const isPrivate = (camera: Camera | undefined): boolean => camera?.visibility === 'private';

export const consentWords: Readonly<Record<ConsentState, string>> = {
  registered: 'registered only',
  'on-request': 'owner is asked each time',
  incident: 'for incidents near it',
  scheduled: 'for incidents, at set hours',
  standing: 'for named purposes',
  paused: 'paused by its owner',
  revoked: 'revoked by its owner',
  expired: 'consent has expired',
  pending: 'owner has not confirmed',
};

/** "54 min", "40 s": never more than there is. */
export function leftText(endsAt: number | null, nowMs: number): string {
  const seconds = Math.max(0, Math.floor(((endsAt ?? nowMs) - nowMs) / 1000));
  return seconds < 100 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

/** "1:48": counted down for somebody who waits. */
export function countdown(endsAt: number | null, nowMs: number): string {
  const seconds = Math.max(0, Math.floor(((endsAt ?? nowMs) - nowMs) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export const isWaiting = (grant: Grant | undefined): grant is Grant =>
  grant?.state === 'waiting-approval' || grant?.state === 'waiting-owner';

/** Who can say yes, to begin a sentence: "A supervisor other than Tess", "The owner". */
export function whoAnswers({ state, approvers, askedBy }: Grant): string {
  if (state === 'waiting-owner') return 'The owner';
  const roles = (approvers ?? []).map((role) => roleWords[role].toLowerCase());
  const [first, ...more] = roles;
  if (first === undefined) return `A second person, not ${askedBy.name},`;
  const named = [first, ...more].map((role) => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`).join(' or ');
  return `${named.charAt(0).toUpperCase()}${named.slice(1)} other than ${askedBy.name}`;
}

/** The grant under which a screen shows a camera now. */
export const grantOf = (grants: WallStore['grants'], camera: string, screen: string): Grant | undefined => {
  const found = Object.values(grants).filter((one) => one.camera === camera);
  return found.find(({ viewer }) => viewer.kind === 'screen' && viewer.id === screen) ?? found[0];
};

/** A screen as the wall has it, or as a scene will. */
interface Holder {
  id: string;
  layout: LayoutId;
  tiles: Readonly<
    Record<string, { camera: string; tour?: { cameras: readonly string[] } | undefined } | undefined>
  >;
}

/**
 * Private cameras on the shown tiles of some screens for which nothing is live or under way; of a tour, all that it
 * shows in turn. What is parked is on no screen, and is not asked for.
 */
function targetsIn({ cameras, grants }: Pick<WallStore, 'cameras' | 'grants'>, screens: Holder[]): Target[] {
  const found = screens
    .flatMap(({ id: screen, layout, tiles }) =>
      Object.entries(tiles)
        .filter(([tile]) => Number(tile) < tileCount(layout))
        .flatMap(([, held]) => (held ? [held.camera, ...(held.tour?.cameras ?? [])] : []))
        .map((camera) => ({ camera, screen })),
    )
    .filter(
      ({ camera, screen }) =>
        isPrivate(cameras[camera]) &&
        !Object.values(grants).some(
          ({ viewer, camera: of }) => of === camera && viewer.kind === 'screen' && viewer.id === screen,
        ),
    );
  return [...new Map(found.map((one) => [`${one.camera} ${one.screen}`, one])).values()];
}

/** For all private cameras of some screens. */
export const targetsOn = (store: WallStore, screens: readonly string[]): Target[] =>
  targetsIn(store, store.wall?.screens.filter(({ id }) => screens.includes(id)) ?? []);

/** For one tile, whatever is live already: its purpose may be another one now. Of a tour, all that it shows in turn. */
export function targetAt(store: WallStore, at: TileRef): Target[] {
  const held = shownTile(store, at);
  if (!held) return [];
  return [...new Set([held.camera, ...(held.tour?.cameras ?? [])])]
    .filter((camera) => isPrivate(store.cameras[camera]))
    .map((camera) => ({ camera, screen: at.screen }));
}

/** For all private cameras that a scene puts up, on the screens that are still there. */
export const targetsOfScene = (store: WallStore, { screens }: Pick<Scene, 'screens'>): Target[] =>
  targetsIn(
    store,
    screens
      .filter(({ screen }) => store.wall?.screens.some(({ id }) => id === screen))
      .map(({ screen, ...rest }) => ({ id: screen, ...rest })),
  );

/** One purpose, and how many of the asked cameras it opens. */
export interface Choice {
  key: string;
  way: GrantWay;
  opens: number;
  waits: number;
}

const keyOf = ({ purpose }: GrantWay): string => JSON.stringify(purpose);

/** The ways of several cameras as one list: what opens most of them first. */
export function choicesOf(lists: readonly (readonly GrantWay[])[]): Choice[] {
  const byKey = new Map<string, Choice>();
  for (const way of lists.flat()) {
    const known = byKey.get(keyOf(way)) ?? { key: keyOf(way), way, opens: 0, waits: 0 };
    if (way.verdict === 'now') known.opens += 1;
    else if (way.verdict !== 'no') known.waits += 1;
    if (known.way.verdict === 'no' && way.verdict !== 'no') known.way = way;
    byKey.set(known.key, known);
  }
  const far = ({ way }: Choice) => way.distanceM ?? Infinity;
  const isIncident = ({ way }: Choice) => (way.purpose.kind === 'incident' ? 0 : 1);
  return [...byKey.values()].sort(
    (a, b) =>
      b.opens + b.waits - (a.opens + a.waits) ||
      b.opens - a.opens ||
      isIncident(a) - isIncident(b) ||
      far(a) - far(b),
  );
}

import type { Camera, Commit, WallEvent, WallState } from '@clerestory/protocol';

interface Names {
  screens: WallState['screens'];
  cameras: Readonly<Record<string, Camera>>;
}

const count = (many: number, one: string): string => (many === 1 ? `1 ${one}` : `${many} ${one}s`);

function tileWords(events: readonly WallEvent[], { screens, cameras }: Names): string {
  const screenName = (id: string) => screens.find((screen) => screen.id === id)?.name ?? id;
  const put = events.filter((event) => event.type === 'tile:assigned');
  const cleared = events.filter((event) => event.type === 'tile:cleared');
  const named = [...new Set([...put, ...cleared].map(({ screen }) => screenName(screen)))].join(', ');
  const [first] = put;
  if (first && put.length === 1 && cleared.length === 0) {
    const camera = cameras[first.assignment.camera];
    const what = first.assignment.tour
      ? `a tour of ${count(first.assignment.tour.cameras.length, 'camera')}`
      : camera
        ? `${camera.number} ${camera.name}`
        : 'a camera';
    return `put ${what} on ${named}, tile ${first.tile + 1}`;
  }
  const [gone] = cleared;
  if (gone && cleared.length === 1 && put.length === 0) return `cleared tile ${gone.tile + 1} of ${named}`;
  return put.length === 0
    ? `cleared ${count(cleared.length, 'tile')} of ${named}`
    : `changed ${count(put.length + cleared.length, 'tile')} of ${named}`;
}

function ownWords(event: WallEvent, { screens }: Names): string | null {
  const screenName = (id: string) => screens.find((screen) => screen.id === id)?.name ?? id;
  switch (event.type) {
    case 'scene:applied':
      return `applied the scene ${event.applied.name}`;
    case 'scene:reverted':
      return `took back the scene ${event.name}${event.sequences.length > 1 ? ' and those after it' : ''}`;
    case 'step:undone':
      return 'undid a step';
    case 'step:redone':
      return 'did a step again';
    case 'scene:saved':
      return `saved the scene ${event.scene.name}`;
    case 'scene:removed':
      return 'removed a scene';
    case 'control:taken':
      return 'took control of the wall';
    case 'control:given':
      return event.because === 'given' ? 'gave control back' : `${event.name}'s control ran out`;
    case 'visitors:hidden':
      return 'hid the restricted tiles from visitors';
    case 'visitors:shown':
      return 'showed the restricted tiles again';
    case 'schedule:set':
      return event.schedule.last
        ? `${event.schedule.time}: ${event.schedule.last.outcome}`
        : 'set a schedule';
    case 'schedule:removed':
      return 'removed a schedule';
    case 'tours:held':
      return `tours stand: ${event.why}`;
    case 'tours:released':
      return 'tours go on';
    case 'hot-spot:set':
      return event.at ? 'made a tile the hot spot' : 'ended the hot spot';
    case 'wall:renamed':
      return `renamed the wall to ${event.name}`;
    case 'screen:created':
      return `added the screen ${event.name}`;
    case 'screen:removed':
      return `removed the screen ${event.screen}`;
    case 'screen:renamed':
      return `renamed a screen to ${event.name}`;
    case 'screen:blanked':
      return `${event.blank ? 'blanked' : 'lit'} ${screenName(event.screen)}`;
    case 'screen:placed':
      return 'moved screens on the plan';
    case 'screen:tour-set':
      return event.tour
        ? `set a tour on ${screenName(event.screen)}`
        : `ended the tour on ${screenName(event.screen)}`;
    case 'screen:layout-changed':
      return `gave ${screenName(event.screen)} another layout`;
    default:
      return null;
  }
}

/** What was done to several screens at once; null where that was not one thing. */
function sameOnMany(events: readonly WallEvent[]): string | null {
  const blanked = events.filter((event) => event.type === 'screen:blanked');
  if (blanked.length < 2 || blanked.length < events.length) return null;
  const lit = blanked.filter(({ blank }) => blank === null).length;
  if (lit > 0 && lit < blanked.length) return null;
  return `${lit > 0 ? 'lit' : 'blanked'} ${count(blanked.length, 'screen')}`;
}

/** One commit in words, without who: what it was meant for first, such as a scene and not its forty tiles. */
export function changeWords({ events }: Commit, names: Names): string {
  const meant = events.findLast(({ type }) => type.startsWith('scene:') || type.startsWith('step:'));
  const words = meant && ownWords(meant, names);
  if (words) return words;
  const tiles = events.filter(({ type }) => type === 'tile:assigned' || type === 'tile:cleared');
  if (tiles.length > 0) return tileWords(tiles, names);
  const first = events[0];
  return sameOnMany(events) ?? (first && ownWords(first, names)) ?? 'changed something';
}

/** Who made it, for people. */
export const whoWords = ({ who, by }: Commit): string =>
  who ?? (by === 'registry' || by === 'server' ? 'The server' : by.replace(/^[a-z]+:/, ''));

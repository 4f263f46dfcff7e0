import type { AwayWhy, FleetScreen, Outage, ScreenOutage } from '@clerestory/protocol';
import { CircleCheck, CircleX, MonitorX, TriangleAlert } from 'lucide-react';
import { ago } from '../../ui/health-words.ts';
import type { StateWords } from '../../ui/StateChip.tsx';
import { shortDay, shortTime } from '../../ui/time.ts';

/** Reasons of a camera that is there and has something else at its address. */
const wrongAddress =
  /no stream at that path|answers, but not with|sends no video|name of the camera is not known|address cannot be used/i;

const dayMs = 24 * 60 * 60_000;

/** "14:05, 3 h ago"; with its date where that was not within a day. */
export function momentWords(atMs: number, nowMs: number): string {
  const date = nowMs - atMs > dayMs ? `${shortDay(atMs)} ` : '';
  return `${date}${shortTime(atMs)}, ${ago(atMs, nowMs)} ago`;
}

/** "2 h": how long it lasted, or has lasted. */
export const lengthWords = ({ from, until }: Pick<Outage, 'from' | 'until'>, nowMs: number): string =>
  ago(from, until ?? nowMs);

/** A clock that is off by more makes recordings and other evidence hard to match, ms. */
const clockFaultMs = 5_000;

/** "clock 90 s behind"; null while it is right, or not known. */
export function clockWords(aheadMs: number | null): string | null {
  if (aheadMs === null || Math.abs(aheadMs) <= clockFaultMs) return null;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const minutes = Math.round(seconds / 60);
  const [short, medium] = [seconds < 120, minutes < 180];
  const off = short ? `${seconds} s` : medium ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return `clock ${minutes < 72 * 60 ? off : `${Math.round(minutes / 1_440)} days`} ${aheadMs > 0 ? 'ahead' : 'behind'}`;
}

/** What somebody can do about it now. */
export function nextStep({ cause, state, reason }: Pick<Outage, 'cause' | 'state' | 'reason'>): string {
  switch (cause.kind) {
    case 'server':
      return 'It comes back by itself. If it stays, look at the log of the server.';
    case 'host':
      return 'Check the recorder or host behind them: its power, its network, its load.';
    case 'network':
      return 'Check the switch or the line that they share.';
    case 'site':
      return 'Check power and network at that site before any single camera.';
    case 'camera':
      if (state === 'offline' && wrongAddress.test(reason)) return 'Correct the address of this camera.';
      return state === 'unauthorized'
        ? 'Correct the login of this camera.'
        : state === 'unsupported'
          ? 'Set the camera to H.264, or choose another of its streams.'
          : 'Check its power and its cable; then whether its address is still the same.';
  }
}

/** Worst first. */
export const screenStates = ['away', 'degraded', 'shown'] as const satisfies FleetScreen['state'][];
export const screenStateWords: Record<FleetScreen['state'], StateWords> = {
  away: { word: 'away', tone: 'alarm', icon: MonitorX },
  degraded: { word: 'degraded', tone: 'warn', icon: TriangleAlert },
  shown: { word: 'shown', tone: 'quiet', icon: CircleCheck },
};

export const neverShown: StateWords = { word: 'not yet', tone: 'quiet', icon: CircleX };

const away: Record<AwayWhy, string> = {
  closed: 'Its page was closed, or ended with its browser',
  lost: 'Nothing more came from it: its computer or its network is gone',
  hidden: 'Its window is hidden behind another window or tab',
  ended: 'The server ended its session: a pairing or a sign-in was taken back',
  absent: 'It has not come since the server started',
};
export const awayWords = (why: AwayWhy | null): string => (why === null ? 'No window shows it' : away[why]);

/** Why a screen is not as it should be, in words; '' where it is. */
export function screenReason({ state, why, tiles, darkTiles, isBlank, lastSeenAt }: FleetScreen): string {
  if (state === 'away') return lastSeenAt === null ? 'No window has shown it yet' : awayWords(why);
  if (darkTiles > 0) return `${darkTiles} of ${tiles} tiles have no moving picture`;
  return isBlank ? 'Dark by order' : '';
}

/** What somebody can do about screens that are away. */
export function screenStep({ why, screens }: Pick<ScreenOutage, 'why' | 'screens'>): string {
  const several = screens.length > 1;
  switch (why) {
    case 'hidden':
      return 'Bring its window to the front there.';
    case 'ended':
      return 'Pair it again at Administration → Screens, or sign in at it.';
    case 'closed':
      return 'Open its address in a browser there, or start its computer.';
    default:
      return several
        ? 'Check what they share: one computer, its power, or the network.'
        : 'Check its computer, its power and its network cable.';
  }
}

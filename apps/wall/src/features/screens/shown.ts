import type { Assignment, Screen, ScreenStatus, StreamName } from '@clerestory/protocol';
import { tileWords, type ShownState } from '../../ui/StateChip.tsx';

/** What a tile really shows, by the screen's own word, and why when it is not what was asked for. */
export interface Shown {
  state: ShownState;
  reason: string;
  latencyMs: number | null;
  stream: StreamName | null;
}

const silent = (state: ShownState, reason: string): Shown => ({
  state,
  reason,
  latencyMs: null,
  stream: null,
});

/** A screen that was blanked: whether its monitor is dark by all that is known, and what is doubtful about it. */
export interface Blanked {
  /** Nothing of its tiles is on show, so no still stands for them. */
  dark: boolean;
  doubt: string | null;
}

/** Null: it is lit. A screen that is there and has not said that it is dark may still show its tiles. */
export function blanked(
  blank: Screen['blank'],
  status: ScreenStatus | undefined,
  linked: boolean,
): Blanked | null {
  if (!blank) return null;
  if (!linked) return { dark: true, doubt: 'not heard of since the server went away' };
  if (!status || status.connected === 0) return { dark: true, doubt: 'no window shows it' };
  if (status.report?.blank !== true) return { dark: false, doubt: 'not confirmed by the screen yet' };
  return { dark: true, doubt: null };
}

/** Compares what the wall asks of a tile with what its screen last said. `linked`: the server can tell us at all; `dark`: its screen is blank. */
export function shownTile(
  assignment: Assignment | undefined,
  status: ScreenStatus | undefined,
  tile: number,
  linked: boolean,
  dark = false,
): Shown {
  if (!assignment) return silent('empty', '');
  if (dark) return silent('blank', 'its screen was blanked');
  if (!linked) return silent('unheard', 'the server is away, so nothing is heard of the screens');
  if (!status || status.connected === 0) return silent('unknown', 'no window shows this screen');
  const { report } = status;
  if (!report) return silent('connecting', 'the screen has not reported yet');
  if (!report.visible) return silent('unknown', "the screen's window is hidden");
  const told = report.tiles.find((one) => one.tile === tile);
  if (!told || told.camera !== assignment.camera) return silent('changing', 'the screen is about to show it');
  return { state: told.state, reason: told.reason, latencyMs: told.latencyMs, stream: told.stream };
}

/** A still says something of a tile only while there are pictures to be had. */
export const hasPicture = (state: ShownState): boolean =>
  state === 'live' ||
  state === 'late' ||
  state === 'connecting' ||
  state === 'changing' ||
  state === 'unknown' ||
  state === 'unheard';

/** "late 2.1 s: the network is slow": a state in words, for labels and tooltips. */
export function shownWords({ state, reason, latencyMs }: Shown): string {
  const { word } = tileWords[state];
  const late =
    latencyMs !== null && (state === 'late' || state === 'live') ? ` ${(latencyMs / 1000).toFixed(1)} s` : '';
  return reason ? `${word}${late}: ${reason}` : `${word}${late}`;
}

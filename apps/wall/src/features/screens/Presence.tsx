import type { ScreenStatus } from '@clerestory/protocol';
import { EyeOff, Monitor, MonitorOff } from 'lucide-react';
import { serverNowMs } from '../../state/server-now.ts';
import { shortDay, shortTime } from '../../ui/time.ts';

const dayMs = 24 * 60 * 60_000;

/** By the time of day within a day, else by its date. */
const seenWords = (atMs: number): string =>
  `last seen ${serverNowMs() - atMs > dayMs ? shortDay(atMs) : shortTime(atMs)}`;

function wordsOf(status: ScreenStatus | undefined): {
  kind: 'shown' | 'hidden' | 'away';
  text: string;
  /** In place of it where there is room for little. */
  brief?: string;
  hint: string;
} {
  if (!status || status.connected === 0) {
    const seen = status?.lastSeenAt ? seenWords(status.lastSeenAt) : 'never seen';
    return {
      kind: 'away',
      text: `not connected, ${seen}`,
      brief: seen,
      hint: 'No browser window shows this screen. Open it on its monitor.',
    };
  }
  if (status.report && !status.report.visible)
    return {
      kind: 'hidden',
      text: 'window hidden',
      hint: 'Its window is covered or minimised, so it plays nothing.',
    };
  const { report, connected } = status;
  const size = report && report.width > 0 ? `${report.width} × ${report.height}` : '';
  const windows = connected > 1 ? `${connected} windows` : 'connected';
  return {
    kind: 'shown',
    text: size ? `${windows}, ${size}` : windows,
    hint: 'A browser window shows this screen.',
  };
}

const icons = { shown: Monitor, hidden: EyeOff, away: MonitorOff };

/** Whether a screen is on a monitor at all. */
export function Presence({ status, short = false }: { status: ScreenStatus | undefined; short?: boolean }) {
  const { kind, text, brief, hint } = wordsOf(status);
  const Icon = icons[kind];
  const tone = kind === 'shown' ? 'quiet' : 'warn';
  return (
    <span className="chip presence" data-tone={tone} data-presence={kind} title={`${text}. ${hint}`}>
      <Icon aria-hidden="true" />
      <span className={short && kind === 'shown' ? 'visually-hidden' : 'cut'}>
        {(short && brief) || text}
      </span>
    </span>
  );
}

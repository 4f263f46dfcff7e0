import type { ScreenStatus } from '@clerestory/protocol';
import { EyeOff, Monitor, MonitorOff } from 'lucide-react';
import { shortTime } from '../../ui/time.ts';

function wordsOf(status: ScreenStatus | undefined): {
  kind: 'shown' | 'hidden' | 'away';
  text: string;
  hint: string;
} {
  if (!status || status.connected === 0) {
    const seen = status?.lastSeenAt ? `last seen ${shortTime(status.lastSeenAt)}` : 'never seen';
    return {
      kind: 'away',
      text: `not connected, ${seen}`,
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
  const { kind, text, hint } = wordsOf(status);
  const Icon = icons[kind];
  const tone = kind === 'shown' ? 'quiet' : 'warn';
  return (
    <span className="chip presence" data-tone={tone} data-presence={kind} title={`${text}. ${hint}`}>
      <Icon aria-hidden="true" />
      <span className={short && kind === 'shown' ? 'visually-hidden' : 'cut'}>
        {short && kind === 'away' ? 'not connected' : text}
      </span>
    </span>
  );
}

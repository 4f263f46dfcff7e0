import { wordsOfTile } from '../../ui/StateChip.tsx';
import { clockTime } from '../../ui/time.ts';
import type { TileView } from './live-tile.ts';
import type { ReplayView } from './replay-player.ts';
import { History } from 'lucide-react';

export function StateChip({ view }: { view: TileView }) {
  const { icon: Icon, word } = wordsOfTile(view.state, view.loginRefused);
  const still = view.state === 'connecting' ? 'still, ' : '';
  const age = view.age !== '' && (still !== '' || view.state === 'late') ? ` · ${still}${view.age} old` : '';
  return (
    <span className="tile__chip" data-state={view.state}>
      <Icon className="tile__icon" aria-hidden="true" />
      <span>
        {word}
        {age}
        {view.note !== '' && <span className="tile__note"> · {view.note}</span>}
      </span>
    </span>
  );
}

/** Asking again would be in vain. */
const isUpToOwner = (reason: string): boolean =>
  /owner has (paused|revoked|registered|not confirmed)|owner’s consent has expired/i.test(reason);
/** Of a private camera: the right is there, a grant is not. */
const isUngranted = (reason: string): boolean => !/right|sign in|no such camera/i.test(reason);
/** Nobody has said no: whoever could say yes is away. */
const isUnasked = (reason: string): boolean => /cannot be asked just now/i.test(reason);
/** "replay 18:40:12, paused": what a tile says while it shows the last minute. */
export function replayWords({ state, atMs, reason }: ReplayView): string {
  if (state === 'failed') return `no replay: ${reason}`;
  if (atMs === null) return 'replay, loading';
  const doing = state === 'paused' ? ', paused' : state === 'ended' ? ', at its end' : '';
  return `replay ${clockTime(atMs)}${doing}`;
}

/** Never the word Live while what is seen is over. */
export function ReplayChip({ view }: { view: ReplayView }) {
  return (
    <span className="tile__chip" data-state="replay">
      <History className="tile__icon" aria-hidden="true" />
      <span>{view.state === 'failed' ? 'no replay' : replayWords(view).toUpperCase()}</span>
    </span>
  );
}

const isOldByItsWord = (reason: string): boolean => reason.startsWith('By its own word');
const headline = (view: TileView, isPrivate: boolean): string => {
  if (view.loginRefused) return 'Login refused';
  switch (view.state) {
    case 'connecting':
      return 'Connecting';
    case 'refused':
      if (isUnasked(view.reason)) return 'No picture';
      return isPrivate && isUngranted(view.reason) ? 'Private camera' : 'No access';
    case 'unsupported':
      return 'This picture cannot be played';
    default:
      if (isOldByItsWord(view.reason)) return 'Not a view of now';
      return view.age === '' ? 'No picture' : `No picture for ${view.age}`;
  }
};

/** What to do about it, where there is something to be done; else ''. */
const nextStep = ({ state, reason, loginRefused }: TileView, isPrivate: boolean): string => {
  if (loginRefused) return 'Correct the login of this camera in the console.';
  if (
    /no stream at that path|not with (RTSP|HTTP|an HLS|a stream|a JPEG)|sends no video|name of the camera is not known|address cannot be used/i.test(
      reason,
    )
  )
    return 'Correct the address of this camera in the console.';
  if (/address and port/i.test(reason))
    return 'See whether the camera is on, and whether its address is right.';
  if (isOldByItsWord(reason)) return 'Correct the address of this camera, or the clock of what sends it.';
  if (/ffmpeg/i.test(reason)) return 'The camera is not at fault.';
  if (/media server|media node/i.test(reason)) return 'It comes back by itself. The camera is not at fault.';
  switch (state) {
    case 'connecting':
      return '';
    case 'refused':
      if (isUnasked(reason)) return 'It comes back by itself. The camera is not at fault.';
      if (isUpToOwner(reason)) return 'Only its owner can open it again. Then ask anew in the console.';
      if (/switched off on this site/i.test(reason)) return 'An administrator can switch them on again.';
      if (isPrivate && isUngranted(reason)) return 'Ask for it in the console: choose this tile, press P.';
      return 'Ask whoever looks after this camera. It comes back by itself when access is given.';
    case 'unsupported':
      return /H\.264/.test(reason) ? '' : 'Set the camera to H.264, or choose another of its streams.';
    default:
      return 'It comes back by itself. If it stays: check the camera’s power and network.';
  }
};

/** What fills a tile that has no picture: what is the matter, why, and what to do. */
export function TilePanel({
  tile,
  view,
  isPrivate,
}: {
  tile: number;
  view: TileView;
  /** Its picture needs a grant. */
  isPrivate: boolean;
}) {
  if (view.state === 'empty')
    return (
      <div className="tile__panel tile__panel--empty">
        <span className="tile__ghost" aria-hidden="true">
          {tile + 1}
        </span>
        <span className="tile__hint">empty</span>
      </div>
    );
  const { icon: Icon } = wordsOfTile(view.state, view.loginRefused);
  const step = nextStep(view, isPrivate);
  return (
    <div className="tile__panel">
      <Icon className="tile__sign" aria-hidden="true" />
      <p className="tile__headline">{headline(view, isPrivate)}</p>
      {view.reason !== '' && <p className="tile__reason">{view.reason}</p>}
      {step !== '' && <p className="tile__step">{step}</p>}
    </div>
  );
}

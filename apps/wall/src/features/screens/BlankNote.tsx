import type { Screen } from '@clerestory/protocol';
import { MonitorOff } from 'lucide-react';
import { useWall } from '../../state/use-wall.ts';
import { shortTime } from '../../ui/time.ts';
import { blanked } from './shown.ts';

/** Said over the tiles of a screen that was blanked, and whether it is known to be dark. Tiles below it are in reach. */
export function BlankNote({ screen }: { screen: Screen }) {
  const status = useWall((state) => state.screens[screen.id]);
  const linked = useWall((state) => state.link.state === 'online');
  const told = blanked(screen.blank, status, linked);
  if (!told || !screen.blank) return null;
  const more = ` since ${shortTime(screen.blank.since)}, by ${screen.blank.who}`;
  return (
    <div className="blank-cover">
      <p className="blank-note" title={`Blank${more}`}>
        <MonitorOff aria-hidden="true" />
        {told.doubt !== null && <b>{told.doubt}</b>}
        <span>
          Blank<span className="blank-more">{more}</span>
        </span>
      </p>
    </div>
  );
}

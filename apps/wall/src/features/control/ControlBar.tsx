import { Eye, Hand, LockKeyhole, Redo2, TriangleAlert, Undo2, UsersRound } from 'lucide-react';
import { useCan, useRun } from '../../commands/use-commands.ts';
import { useConsole } from '../../state/use-console.ts';
import { useNow } from '../../state/use-now.ts';
import { useSession } from '../../state/use-session.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import './control.css';

/** Time left as 9:05, counted down. */
function TimeLeft({ until }: { until: number }) {
  const seconds = Math.max(0, Math.ceil((until - useNow()) / 1_000));
  return (
    <span className="control-left" data-soon={seconds < 60 || undefined}>
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  );
}

/** That tours stand, why, and how they go on. */
export function ToursHeld() {
  const run = useRun();
  const can = useCan();
  const toursHeld = useWall((state) => state.wall?.toursHeld);
  if (!toursHeld) return null;
  return (
    <span className="control-chip" data-held="alert" role="status" title={toursHeld.why}>
      <TriangleAlert aria-hidden="true" />
      <span className="cut">Tours stand: {toursHeld.why}</span>
      {can('tours.go-on') && (
        <Button kind="quiet" onClick={() => run('tours.go-on')}>
          Go on
        </Button>
      )}
    </span>
  );
}

/** Who may arrange the wall now, and the next step: look, arrange, take control, take it over, give it back. */
export function ControlBar() {
  const run = useRun();
  const can = useCan();
  const control = useWall((state) => state.wall?.control);
  const visitors = useWall((state) => state.wall?.visitors);
  const look = useConsole((state) => state.look);
  const me = useSession(({ who }) => who?.me?.id);
  const mine = control !== undefined && control.by === `person:${me ?? ''}`;
  return (
    <div className="control-bar" role="group" aria-label="Control of the wall">
      <IconButton label="Undo my last step" disabled={!can('step.undo')} onClick={() => run('step.undo')}>
        <Undo2 />
      </IconButton>
      <IconButton label="Redo it" disabled={!can('step.redo')} onClick={() => run('step.redo')}>
        <Redo2 />
      </IconButton>
      {control && !mine && (
        <span className="control-chip" data-held="other" role="status">
          <LockKeyhole aria-hidden="true" />
          <span className="cut">{control.name} has control</span> <TimeLeft until={control.until} />
        </span>
      )}
      {control && mine && (
        <span className="control-chip" data-held="me" role="status">
          <Hand aria-hidden="true" />
          You have control <TimeLeft until={control.until} />
        </span>
      )}
      {!control && (
        <Button
          kind="quiet"
          className="control-mode"
          aria-pressed={look}
          title={
            look ? 'Nothing here changes the wall (q)' : 'What you do here changes the wall (q: look only)'
          }
          onClick={() => run('control.look')}
        >
          {look ? <Eye aria-hidden="true" /> : <Hand aria-hidden="true" />}
          <span className="header-word">{look ? 'Look only' : 'Arrange'}</span>
        </Button>
      )}
      {mine ? (
        <Button onClick={() => run('control.give')}>Give back</Button>
      ) : (
        can('control.take') && (
          <Button onClick={() => run('control.take')}>{control ? 'Take over' : 'Take control'}</Button>
        )
      )}
      <ToursHeld />
      {visitors && (
        <span className="control-chip" data-held="visitors" role="status">
          <UsersRound aria-hidden="true" />
          Visitors: restricted tiles hidden
          {can('visitors.show') && (
            <Button kind="quiet" onClick={() => run('visitors.show')}>
              Show again
            </Button>
          )}
        </span>
      )}
    </div>
  );
}

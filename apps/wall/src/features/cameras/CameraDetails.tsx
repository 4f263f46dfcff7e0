import type { Camera, CameraHealth, StreamFacts } from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';
import { EyeOff, Move, Pencil, Trash2, Volume2 } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { mayMask, mayMove, mayRegister } from '../../commands/context.ts';
import { useActions } from '../../commands/use-actions.ts';
import { useRoles, watches } from '../../state/use-roles.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { ago, factRows, lastFailureWords } from '../../ui/health-words.ts';
import { Poster } from '../../ui/Poster.tsx';
import { healthWords, StateChip } from '../../ui/StateChip.tsx';
import { clockTime } from '../../ui/time.ts';
import './cameras.css';

function Facts({ facts }: { facts: StreamFacts }) {
  return (
    <section className="facts">
      <h4 className="details-head">{facts.stream === 'main' ? 'Main stream' : 'Small stream'}</h4>
      <dl className="facts-list">
        {factRows(facts).map(([name, value]) => (
          <div key={name} className="facts-row">
            <dt className="dim">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Draws itself anew now and then, for ages that grow. */
function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}

function Health({ health }: { health: CameraHealth | undefined }) {
  const watched = useWall((wall) => (wall.viewers[health?.camera ?? '']?.length ?? 0) > 0);
  const nowMs = useNow(5_000);
  const state = health?.state ?? 'idle';
  const failure = lastFailureWords(health, nowMs);
  const tone = failure ? 'warn' : healthWords[state].tone;
  return (
    <section className="details-health" data-tone={tone} data-health={state}>
      <div className="details-line">
        <StateChip words={healthWords[state]} />
        {health && (
          <span className="dim" title={new Date(health.since).toISOString()}>
            since {clockTime(health.since)}, {ago(health.since, nowMs)}
          </span>
        )}
      </div>
      <p>
        {state === 'idle' && watched
          ? 'Nothing is fetched from it just now.'
          : health?.reason || (health ? '' : 'Nothing has been reported yet.')}
      </p>
      {failure && <p className="details-failure">{failure.long}</p>}
    </section>
  );
}

const kinds = { person: 'Person', screen: 'Screen', player: 'Other player' } as const;

/** Who sees its pictures now. Whoever may see that a camera is there may see who watches it. */
function Watching({ camera }: { camera: string }) {
  const viewers = useWall((state) => state.viewers[camera]);
  return (
    <section>
      <h4 className="details-head">Watching now</h4>
      {viewers === undefined || viewers.length === 0 ? (
        <p className="dim">Nobody.</p>
      ) : (
        <ul className="watching">
          {viewers.map(({ kind, name, since, listens }) => (
            <li key={`${kind} ${name} ${since}`} data-viewer={name}>
              <b>{name}</b>
              <span className="dim">
                {kinds[kind]}, since {clockTime(since)}
                {listens && ', listens too'}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** On which tiles a camera is; each leads there. */
function Places({ camera }: { camera: string }) {
  const actions = useActions();
  const wall = useWall((state) => state.wall);
  const places = (wall?.screens ?? []).flatMap((screen) =>
    Object.entries(screen.tiles)
      .filter(([, assignment]) => assignment.camera === camera)
      .map(([tile]) => ({ screen, tile: Number(tile) })),
  );
  return (
    <section>
      <h4 className="details-head">On the wall</h4>
      {places.length === 0 ? (
        <p className="dim">On no tile.</p>
      ) : (
        <ul className="places">
          {places.map(({ screen, tile }) => (
            <li key={`${screen.id}/${tile}`}>
              <Button
                title={
                  tile < tileCount(screen.layout) ? undefined : 'Not on show: the layout has no room for it'
                }
                onClick={() => actions.select(screen.id, tile < tileCount(screen.layout) ? tile : null)}
              >
                {screen.name}, {tile < tileCount(screen.layout) ? `tile ${tile + 1}` : 'parked'}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** All that is known of one camera. `history` is its last changes of health. */
export function CameraDetails({ camera, history }: { camera: Camera; history: ReactNode }) {
  const actions = useActions();
  const roles = useRoles();
  const mayChange = mayRegister({ roles });
  const mover = useWall((state) => state.ptz[camera.id]?.holder?.name);
  const health = useWall((state) => state.health[camera.id]);
  // The small stream is large enough here, and its still is often there already from a tile.
  const running = health?.streams.filter((facts) => facts.fps !== null).map(({ stream }) => stream);
  const stream = running?.includes('sub') ? 'sub' : (running?.[0] ?? 'main');
  const pictures = health?.state === 'online' || health?.state === 'degraded';
  return (
    <div className="details" data-details={camera.id}>
      <div className="details-title">
        <span className="camera-number">{camera.number}</span>
        <div className="details-names">
          <h3>{camera.name}</h3>
          <p className="dim">{[camera.place, camera.neighbourhood].filter(Boolean).join(' · ')}</p>
        </div>
        {mayMask({ roles }) && (
          <IconButton
            label={`Mask areas of ${camera.name}`}
            onClick={() => actions.show({ kind: 'mask-camera', camera: camera.id })}
          >
            <EyeOff />
          </IconButton>
        )}
        {mayChange && (
          <>
            <IconButton
              label={`Sound of ${camera.name}`}
              onClick={() => actions.show({ kind: 'sound-camera', camera: camera.id })}
            >
              <Volume2 />
            </IconButton>
            <IconButton
              label={`Change ${camera.name}`}
              onClick={() => actions.show({ kind: 'edit-camera', camera: camera.id })}
            >
              <Pencil />
            </IconButton>
            <IconButton
              label={`Remove ${camera.name}`}
              onClick={() => actions.show({ kind: 'remove-camera', camera: camera.id })}
            >
              <Trash2 />
            </IconButton>
          </>
        )}
      </div>
      <div className="details-picture">
        {pictures ? (
          <>
            <Poster camera={camera.id} stream={stream} />
            {watches(roles) && <span className="details-still">a still, now and then a new one</span>}
          </>
        ) : (
          <StateChip words={healthWords[health?.state ?? 'idle']} />
        )}
      </div>
      {camera.movable && mayMove({ roles }) && (
        <div className="details-line">
          <Button onClick={() => actions.show({ kind: 'move-camera', camera: camera.id })}>
            <Move aria-hidden="true" />
            Move the camera
          </Button>
          {mover && (
            <span className="dim">
              <b>{mover}</b> moves it
            </span>
          )}
        </div>
      )}
      {camera.masks && (
        <p className="dim">
          {camera.masks.length} {camera.masks.length === 1 ? 'area' : 'areas'} of it nobody sees: masked on
          the server.
        </p>
      )}
      {camera.sound && <p className="dim">Operators may listen to it.</p>}
      <Health health={health} />
      {health?.streams.map((facts) => (
        <Facts key={facts.stream} facts={facts} />
      ))}
      <Watching camera={camera.id} />
      <Places camera={camera.id} />
      <section>
        <h4 className="details-head">Last changes</h4>
        {history}
      </section>
    </div>
  );
}

import type { TileReport } from '@clerestory/protocol';
import { Eye } from 'lucide-react';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useWall } from '../../state/use-wall.ts';
import { GrantLine } from '../grants/GrantLine.tsx';
import { WaitPanel } from '../grants/WaitPanel.tsx';
import { grantOf, isPrivate, isWaiting } from '../grants/words.ts';
import { FreeIn } from '../ptz/FreeIn.tsx';
import { wordsOfTile } from '../../ui/StateChip.tsx';
import { clockTime } from '../../ui/time.ts';
import { eachOnce } from './each-once.ts';
import { emptyView, LiveTile, masksKey, type TileView } from './live-tile.ts';
import { pageMedia } from './page-media.ts';
import type { ReplayView } from './replay-player.ts';
import { ReplayChip, replayWords, StateChip, TilePanel } from './tile-words.tsx';

/** Where a tile's driver can be asked for its line in the screen's report. */
export type TileReporters = Map<number, (tile: number) => TileReport>;

export interface TileProps {
  /** Zero-based; people see `tile + 1`. */
  tile: number;
  /** The screen it belongs to; '' at a workstation of one's own. */
  screen: string;
  /** Camera id, or null for an empty tile. */
  camera: string | null;
  /** Filled while the tile is mounted. */
  reporters?: TileReporters;
  /** A tile's view has changed: a good moment for a report. */
  onChange?: () => void;
  /** For a surface where one works with the picture: its driver and stage while the tile is mounted, then null. */
  onDriver?: (driver: { live: LiveTile; stage: HTMLElement } | null) => void;
  /** Tells the capture time of the picture on show, once a second. */
  clocked?: boolean;
  /** The last minute lies over the live picture: then nothing here says Live. */
  replay?: ReplayView | null;
}

/** One tile: a stage for the driver's elements, and the words and signs around it. */
export const Tile = memo(function Tile({
  tile,
  screen,
  camera,
  reporters,
  onChange,
  onDriver,
  clocked = false,
  replay = null,
}: TileProps) {
  const info = useWall((store) => (camera === null ? undefined : store.cameras[camera]));
  const health = useWall((store) => (camera === null ? undefined : store.health[camera]));
  const mover = useWall((store) => (camera === null ? undefined : store.ptz[camera]?.holder));
  const viewers = useWall((store) => (camera === null ? undefined : store.viewers[camera]));
  const watching = useMemo(() => viewers && eachOnce(viewers), [viewers]);
  const grant = useWall((store) =>
    camera !== null && isPrivate(info) ? grantOf(store.grants, camera, screen) : undefined,
  );
  const granted = grant?.state === 'live' ? grant.id : null;
  const asked = isWaiting(grant) ? grant.id : null;
  const waited = useRef<string | null>(null);
  const root = useRef<HTMLElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const clock = useRef<HTMLTimeElement>(null);
  const [view, setView] = useState<TileView>(emptyView);
  const driver = useRef<LiveTile | null>(null);
  const changed = useRef(onChange);
  const drivers = useRef(onDriver);
  useEffect(() => {
    changed.current = onChange;
    drivers.current = onDriver;
  }, [onChange, onDriver]);

  useLayoutEffect(() => {
    const [box, place] = [root.current, stage.current];
    if (!box || !place) return;
    const tellTime = () => {
      if (!clock.current) return;
      const captureMs = live.captureMs();
      clock.current.textContent = captureMs === null ? '' : clockTime(captureMs);
    };
    const live = new LiveTile(pageMedia(), {
      view: (next) => {
        setView(next);
        tellTime();
        changed.current?.();
      },
      // Once per second and tile: past React, straight to the page.
      latency: (latencyMs) => {
        box.dataset['latencyMs'] = latencyMs === null ? '' : String(Math.round(latencyMs));
        tellTime();
      },
    });
    driver.current = live;
    drivers.current?.({ live, stage: place });
    live.setHeight(place.clientHeight);
    live.attach(place);
    const observer = new ResizeObserver(() => live.setHeight(place.clientHeight));
    observer.observe(place);
    return () => {
      observer.disconnect();
      live.detach();
      drivers.current?.(null);
      driver.current = null;
    };
  }, []);

  const hasSub = info?.source.hasSub ?? false;
  const masks = masksKey(info);
  useLayoutEffect(() => {
    driver.current?.show(camera === null ? null : { id: camera, hasSub, masks });
  }, [camera, hasSub, masks]);
  // It was refused until now; or what it waited for has been answered, and there is another reason.
  useEffect(() => {
    if (granted !== null || (waited.current !== null && asked === null)) driver.current?.granted();
    waited.current = asked;
  }, [granted, asked]);
  useEffect(() => {
    driver.current?.setHealth(health ?? null);
  }, [health]);
  useEffect(() => {
    reporters?.set(tile, (index) => driver.current?.report(index) ?? emptyReport(index, camera));
    return () => {
      reporters?.delete(tile);
    };
  }, [reporters, tile, camera]);

  // Between an assignment and the driver's first word on it, the old camera's state is not shown under the new name.
  const shown = camera === null ? emptyView : view;
  const name = info?.name ?? camera;
  const waits = shown.state === 'refused' && isWaiting(grant) ? grant : null;
  const words = replay
    ? replayWords(replay)
    : waits
      ? 'waits for an answer'
      : wordsOfTile(shown.state, shown.loginRefused).word;
  return (
    <section
      ref={root}
      className="tile"
      data-tile={tile}
      data-camera={camera ?? ''}
      data-visibility={info?.visibility ?? ''}
      data-state={replay ? 'replay' : shown.state}
      data-stream={shown.stream ?? ''}
      data-reason={shown.reason}
      data-picture={shown.picture}
      data-latency-ms=""
      aria-label={`Tile ${tile + 1}: ${name === null ? 'empty' : `${name}, ${words}`}`}
    >
      <div ref={stage} className="tile__stage" />
      <span className="tile__number" aria-hidden="true">
        {tile + 1}
      </span>
      {shown.picture === 'none' &&
        !replay &&
        (waits ? (
          <WaitPanel grant={waits} />
        ) : (
          <TilePanel tile={tile} view={shown} isPrivate={isPrivate(info)} />
        ))}
      {shown.picture === 'video' && shown.state === 'stale' && !replay && (
        <p className="tile__age">{shown.age} old</p>
      )}
      {camera !== null && (
        <header className="tile__header">
          {info && <span className="tile__camera">{info.number}</span>}
          <span className="tile__name">{name}</span>
          <span className="tile__place">{info?.place ?? ''}</span>
          {isPrivate(info) && <GrantLine grant={grant} />}
          {mover && (
            <span className="tile__mover">
              moved by {mover.name}
              <FreeIn until={mover.until} />
            </span>
          )}
          {watching !== undefined && watching.length > 1 && (
            <span
              className="tile__watching"
              aria-label={`Watched by ${watching.length}`}
              title={`Watched by ${watching.map(({ name: who, listens }) => (listens ? `${who}, who listens` : who)).join(', ')}`}
            >
              <Eye aria-hidden="true" />
              {watching.length}
            </span>
          )}
          {clocked && (
            <time
              ref={clock}
              hidden={replay !== null}
              className="tile__time"
              title="When the picture on show was captured, in the time of this room"
            />
          )}
          {replay ? <ReplayChip view={replay} /> : !waits && <StateChip view={shown} />}
        </header>
      )}
    </section>
  );
});

const emptyReport = (tile: number, camera: string | null): TileReport => ({
  tile,
  camera,
  state: camera === null ? 'empty' : 'connecting',
  reason: '',
  stream: null,
  latencyMs: null,
  fps: null,
});

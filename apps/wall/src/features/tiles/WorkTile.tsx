import type { StreamName } from '@clerestory/protocol';
import { useEffect, useRef, useState, type PointerEvent, type ReactNode } from 'react';
import type { LiveTile } from './live-tile.ts';
import { pageMedia } from './page-media.ts';
import { ReplayBar } from './ReplayBar.tsx';
import { ReplayPlayer, type ReplayView } from './replay-player.ts';
import { SoundPlayer, type SoundView } from './sound-player.ts';
import { SoundSign } from './SoundSign.tsx';
import { Tile, type TileReporters } from './Tile.tsx';
import { panBy, transformOf, wholePicture, zoomAt, type Zoom } from './zoom.ts';

/** One notch of a wheel, or one press of a key. */
const zoomStep = 1.25;

/** What one can do with the picture on a tile. All of it happens in this window alone. */
export interface TileTools {
  readonly isZoomed: () => boolean;
  zoom(direction: 'closer' | 'wider'): void;
  /** By shares of the tile. */
  pan(dx: number, dy: number): void;
  whole(): void;
  readonly isReplaying: () => boolean;
  /** Begins the last minute, or goes back to live. */
  toggleReplay(): void;
  togglePause(): void;
  step(seconds: number): void;
  readonly isSounding: () => boolean;
  /** Begins the sound of the camera, which ends that of any other tile, or ends it. */
  toggleSound(): void;
  /** The frame on show; null while there is none worth keeping. */
  still(): {
    video: HTMLVideoElement;
    captureMs: number;
    stream: StreamName;
    seen: 'live' | 'replay';
  } | null;
}

export interface WorkTileProps {
  tile: number;
  camera: string | null;
  chosen: boolean;
  reporters: TileReporters;
  onChange: () => void;
  /** Filled while the tile is mounted. */
  tools: Map<number, TileTools>;
  onChoose: () => void;
  onMaximise: () => void;
  /** A replay or zoom began or ended. */
  onTools: () => void;
  /** Above the picture: what belongs to the surface. */
  children?: ReactNode;
}

/** A tile that one works with: digital zoom, the last minute, a still. */
export function WorkTile(props: WorkTileProps) {
  const { tile, camera, chosen, tools, onTools, onChoose, onMaximise, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const parts = useRef<{ live: LiveTile; stage: HTMLElement } | null>(null);
  const zoom = useRef<Zoom>(wholePicture);
  const player = useRef<ReplayPlayer | null>(null);
  const [scale, setScale] = useState(1);
  const [replay, setReplay] = useState<ReplayView | null>(null);
  const sounding = useRef<SoundPlayer | null>(null);
  const [sound, setSound] = useState<SoundView | null>(null);
  const told = useRef(onTools);
  useEffect(() => {
    told.current = onTools;
  }, [onTools]);
  const [own] = useState(() => {
    const look = (next: Zoom) => {
      zoom.current = next;
      const { stage, live } = parts.current ?? {};
      if (stage) {
        stage.style.transformOrigin = '0 0';
        stage.style.transform = transformOf(next);
      }
      live?.setZoom(next.scale);
      setScale(next.scale);
      told.current();
    };
    const endReplay = () => {
      player.current?.destroy();
      player.current = null;
      setReplay(null);
      told.current();
    };
    const endSound = () => {
      sounding.current?.end();
      sounding.current = null;
      setSound(null);
      told.current();
    };
    const made: TileTools & Record<'endReplay' | 'endSound', () => void> & { look: typeof look } = {
      look,
      endReplay,
      endSound,
      isZoomed: () => zoom.current.scale > 1,
      zoom: (direction) => look(zoomAt(zoom.current, direction === 'closer' ? zoomStep : 1 / zoomStep)),
      pan: (dx, dy) => look(panBy(zoom.current, dx, dy)),
      whole: () => look(wholePicture),
      isReplaying: () => player.current !== null,
      toggleReplay() {
        if (player.current) return endReplay();
        const { stage, live } = parts.current ?? {};
        const shown = live?.camera;
        if (!stage || !live || !shown) return;
        // What is heard is of now, what is seen would not be.
        endSound();
        const begun = new ReplayPlayer(stage, pageMedia().push, shown, live.stream, (view) => {
          if (player.current === begun) setReplay(view);
        });
        player.current = begun;
        setReplay(begun.view);
        told.current();
      },
      isSounding: () => sounding.current !== null,
      toggleSound() {
        if (sounding.current) return endSound();
        const { stage, live } = parts.current ?? {};
        const shown = live?.camera;
        if (!stage || !shown || player.current) return;
        const begun: SoundPlayer = new SoundPlayer(pageMedia(), stage, shown, (view) => {
          if (sounding.current !== begun) return;
          if (view === null || view.state === 'failed') sounding.current = null;
          setSound(view);
          told.current();
        });
        sounding.current = begun;
        setSound(begun.view);
        told.current();
      },
      togglePause: () => player.current?.toggle(),
      step: (seconds) => player.current?.step(seconds),
      still() {
        if (player.current) {
          const still = player.current.still();
          return still && { ...still, seen: 'replay' };
        }
        const still = parts.current?.live.still();
        return still ? { ...still, seen: 'live' } : null;
      },
    };
    return made;
  });
  useEffect(() => {
    tools.set(tile, own);
    return () => {
      tools.delete(tile);
    };
  }, [tools, tile, own]);
  // Another camera: nothing of how the one before was looked at holds.
  useEffect(
    () => () => {
      own.endReplay();
      own.endSound();
      own.whole();
    },
    [own, camera],
  );
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.deltaY === 0 || !parts.current?.live.camera) return;
      event.preventDefault();
      const { left, top, width, height } = element.getBoundingClientRect();
      const at = { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
      own.look(zoomAt(zoom.current, event.deltaY < 0 ? zoomStep : 1 / zoomStep, at));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [own]);

  const drag = useRef<{ x: number; y: number } | null>(null);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.target instanceof Element && event.target.closest('button, input')) return;
    onChoose();
    if (event.button !== 0 || !own.isZoomed()) return;
    drag.current = { x: event.clientX, y: event.clientY };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!drag.current) return;
    const { width, height } = event.currentTarget.getBoundingClientRect();
    own.pan((drag.current.x - event.clientX) / width, (drag.current.y - event.clientY) / height);
    drag.current = { x: event.clientX, y: event.clientY };
  };
  const endDrag = () => (drag.current = null);

  return (
    <div
      ref={box}
      className="work-tile"
      data-chosen={chosen || undefined}
      data-zoom={scale.toFixed(2)}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={endDrag}
      onPointerCancel={endDrag}
      onDoubleClick={(event) => {
        if (!(event.target instanceof Element && event.target.closest('button, input'))) onMaximise();
      }}
    >
      <Tile
        tile={tile}
        screen=""
        clocked
        camera={camera}
        reporters={props.reporters}
        onChange={props.onChange}
        replay={replay}
        onDriver={(driver) => {
          parts.current = driver;
        }}
      />
      {scale > 1 && <p className="work-tile__zoom">{scale.toFixed(1)}×</p>}
      {sound && <SoundSign view={sound} onEnd={own.endSound} />}
      {replay && (
        <ReplayBar
          view={replay}
          onSeek={(atMs) => player.current?.seek(atMs)}
          onToggle={own.togglePause}
          onStep={own.step}
          onLive={own.toggleReplay}
        />
      )}
      {children}
    </div>
  );
}

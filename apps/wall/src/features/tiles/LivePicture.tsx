import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useWall } from '../../state/use-wall.ts';
import { wordsOfTile } from '../../ui/StateChip.tsx';
import { emptyView, LiveTile, masksKey, type TileView } from './live-tile.ts';
import { pageMedia } from './page-media.ts';
import './live-picture.css';

/** One camera live, outside a screen: the tile's driver with only the words that it needs here. */
export default function LivePicture({ camera }: { camera: string }) {
  const hasSub = useWall((store) => store.cameras[camera]?.source.hasSub ?? false);
  const masks = useWall((store) => masksKey(store.cameras[camera]));
  const health = useWall((store) => store.health[camera]);
  const stage = useRef<HTMLDivElement>(null);
  const driver = useRef<LiveTile | null>(null);
  const [view, setView] = useState<TileView>(emptyView);
  useLayoutEffect(() => {
    const place = stage.current;
    if (!place) return;
    const live = new LiveTile(pageMedia(), { view: setView, latency: () => undefined });
    driver.current = live;
    live.setHeight(place.clientHeight);
    live.attach(place);
    const observer = new ResizeObserver(() => live.setHeight(place.clientHeight));
    observer.observe(place);
    return () => {
      observer.disconnect();
      live.detach();
      driver.current = null;
    };
  }, []);
  useLayoutEffect(() => driver.current?.show({ id: camera, hasSub, masks }), [camera, hasSub, masks]);
  useEffect(() => driver.current?.setHealth(health ?? null), [health]);
  const { word } = wordsOfTile(view.state, view.loginRefused);
  return (
    <div
      className="live-picture"
      data-state={view.state}
      data-picture={view.picture}
      data-stream={view.stream ?? ''}
    >
      <div ref={stage} className="live-picture-stage" />
      <p className="live-picture-words" role="status">
        <b>{word}</b>
        {view.age !== '' && ` · ${view.age} old`}
        {view.reason !== '' && ` · ${view.reason}`}
      </p>
    </div>
  );
}

import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import type { Camera } from '@clerestory/protocol';
import { Eye, Star, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useRef, type CSSProperties } from 'react';
import { dragData, previewLabel } from '../../state/drag.ts';
import { useSettings } from '../../state/use-settings.ts';
import { togglePicked } from '../../state/console.ts';
import { useConsole } from '../../state/use-console.ts';
import { useWall } from '../../state/use-wall.ts';
import { lastFailureWords } from '../../ui/health-words.ts';
import { healthWords, StateChip } from '../../ui/StateChip.tsx';

/** One camera of the list. Reads its own health, so that a change draws this row alone. */
export const CameraRow = memo(function CameraRow({
  id,
  style,
  camera,
  position,
  count,
  active,
  chosen,
  onUse,
}: {
  id: string;
  /** Where it lies in the list. */
  style: CSSProperties;
  camera: Camera;
  /** Of how many lines it is which, for those who do not see the list. */
  position: number;
  count: number;
  /** The keyboard is on it. */
  active: boolean;
  /** Its details are shown. */
  chosen: boolean;
  onUse: (camera: string) => void;
}) {
  const health = useWall((state) => state.health[camera.id]);
  const isFavourite = useSettings(({ favourites }) => favourites.includes(camera.id));
  const picked = useConsole((state) => state.picked.includes(camera.id));
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = row.current;
    if (!element) return;
    return draggable({
      element,
      getInitialData: () => dragData({ kind: 'camera', camera: camera.id }),
      onGenerateDragPreview: ({ nativeSetDragImage }) => previewLabel(nativeSetDragImage, camera),
    });
  }, [camera]);
  const state = health?.state ?? 'idle';
  const words = healthWords[state];
  const failure = lastFailureWords(health);
  const reason = failure ? failure.long : health?.reason ? `${words.word}: ${health.reason}` : words.word;
  const viewers = health?.viewers ?? 0;
  return (
    <div
      ref={row}
      id={id}
      style={style}
      aria-posinset={position}
      aria-setsize={count}
      role="option"
      aria-selected={chosen}
      className="camera-row"
      data-camera-row={camera.id}
      data-state={state}
      data-active={active || undefined}
      data-picked={picked || undefined}
      onClick={(event) => (event.ctrlKey || event.metaKey ? togglePicked(camera.id) : onUse(camera.id))}
    >
      <span className="camera-number">{camera.number}</span>
      <span className="camera-words">
        <span className="cut">
          {isFavourite && <Star className="camera-star" aria-label="favourite" />}
          {camera.name}
        </span>
        <span className="cut dim camera-place">{camera.place}</span>
      </span>
      <span className="camera-health" title={reason}>
        <StateChip words={words} />
        {failure && (
          <span className="chip" data-tone="warn">
            <TriangleAlert aria-hidden="true" />
            {failure.short}
          </span>
        )}
        {viewers > 0 && (
          <span className="chip" title={viewers === 1 ? '1 viewer' : `${viewers} viewers`}>
            <Eye aria-hidden="true" />
            {viewers}
            <span className="visually-hidden"> watching</span>
          </span>
        )}
      </span>
    </div>
  );
});

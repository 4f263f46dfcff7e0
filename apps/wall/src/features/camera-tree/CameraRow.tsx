import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import type { Camera } from '@clerestory/protocol';
import { Eye, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useRef } from 'react';
import { dragData, previewLabel } from '../../state/drag.ts';
import { useWall } from '../../state/use-wall.ts';
import { lastFailureWords } from '../../ui/health-words.ts';
import { healthWords, StateChip } from '../../ui/StateChip.tsx';

export const rowId = (camera: string) => `camera-row-${camera}`;

/** One camera of the list. Reads its own health, so that a change draws this row alone. */
export const CameraRow = memo(function CameraRow({
  camera,
  active,
  chosen,
  onUse,
}: {
  camera: Camera;
  /** The keyboard is on it. */
  active: boolean;
  /** Its details are shown. */
  chosen: boolean;
  onUse: (camera: string) => void;
}) {
  const health = useWall((state) => state.health[camera.id]);
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active || chosen) row.current?.scrollIntoView({ block: 'nearest' });
  }, [active, chosen]);
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
      id={rowId(camera.id)}
      role="option"
      aria-selected={chosen}
      className="camera-row"
      data-camera-row={camera.id}
      data-state={state}
      data-active={active || undefined}
      onClick={() => onUse(camera.id)}
    >
      <span className="camera-number">{camera.number}</span>
      <span className="camera-words">
        <span className="cut">{camera.name}</span>
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

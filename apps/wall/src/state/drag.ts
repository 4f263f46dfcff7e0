import type { Camera, TileRef } from '@clerestory/protocol';
import { setCustomNativeDragPreview } from '@atlaskit/pragmatic-drag-and-drop/element/set-custom-native-drag-preview';
import { pointerOutsideOfPreview } from '@atlaskit/pragmatic-drag-and-drop/element/pointer-outside-of-preview';

/** What travels under the pointer. */
export type Drag = { kind: 'camera'; camera: string } | ({ kind: 'tile' } & TileRef);

export const dragData = (drag: Drag): Record<string, unknown> => ({ ...drag });

/** Reads what was dropped; null for something that is not ours. */
export function readDrag(data: Record<string | symbol, unknown>): Drag | null {
  const { kind, camera, screen, tile } = data as Record<string, unknown>;
  if (kind === 'camera' && typeof camera === 'string') return { kind, camera };
  if (kind === 'tile' && typeof screen === 'string' && typeof tile === 'number')
    return { kind, screen, tile };
  return null;
}

/** A small label under the pointer in place of a ghost of the whole row or tile. */
export function previewLabel(
  nativeSetDragImage: DataTransfer['setDragImage'] | null,
  camera: Pick<Camera, 'number' | 'name'> | undefined,
): void {
  setCustomNativeDragPreview({
    nativeSetDragImage,
    getOffset: pointerOutsideOfPreview({ x: '12px', y: '8px' }),
    render: ({ container }) => {
      const label = document.createElement('div');
      label.className = 'drag-label';
      label.textContent = camera ? `${camera.number}  ${camera.name}` : 'Tile';
      container.append(label);
    },
  });
}

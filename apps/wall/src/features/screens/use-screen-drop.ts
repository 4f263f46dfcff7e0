import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useEffect, useState, type RefObject } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { readDrag } from '../../state/drag.ts';

/** A camera that is dropped on a screen as a whole goes to its next free tile, which the server chooses. */
export function useScreenDrop(element: RefObject<HTMLElement | null>, screen: string): boolean {
  const { send } = useActions();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const node = element.current;
    if (!node) return;
    return dropTargetForElements({
      element: node,
      canDrop: ({ source }) => readDrag(source.data)?.kind === 'camera',
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source, location }) => {
        setOver(false);
        // A tile within it takes what is dropped there.
        if (location.current.dropTargets[0]?.element !== node) return;
        const drag = readDrag(source.data);
        if (drag?.kind === 'camera')
          void send({ type: 'screen:fill', screen, cameras: [drag.camera], mode: 'free' });
      },
    });
  }, [element, send, screen]);
  return over;
}

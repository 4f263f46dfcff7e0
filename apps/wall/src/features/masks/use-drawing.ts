import { maxMasks, type Corner, type Mask, type Masks } from '@clerestory/protocol';
import { useState } from 'react';
import { middleRectangle } from './edit.ts';

export type Tool = 'rectangle' | 'polygon';

/** What is being drawn. Areas before `kept` cannot be changed by this person. */
export interface Drawing {
  areas: Masks;
  kept: number;
  chosen: number | null;
  tool: Tool;
  /** Corners of a polygon that is not closed yet. */
  draft: readonly Corner[];
  full: boolean;
  choose(area: number | null): void;
  take(tool: Tool): void;
  add(mask: Mask): void;
  addMiddle(): void;
  change(area: number, mask: Mask): void;
  remove(area: number): void;
  addCorner(at: Corner): void;
  /** Makes an area of the draft, or forgets it where it has too few corners. */
  close(): void;
  /** Forgets the draft; false when there was none. */
  forget(): boolean;
}

/** `start`: the areas there are; `mayUncover`: they, too, may be changed. */
export function useDrawing(start: Masks, mayUncover: boolean): Drawing {
  const kept = mayUncover ? 0 : start.length;
  const [areas, setAreas] = useState<Masks>(start);
  const [chosen, setChosen] = useState<number | null>(null);
  const [tool, setTool] = useState<Tool>('rectangle');
  const [draft, setDraft] = useState<readonly Corner[]>([]);
  const full = areas.length >= maxMasks;
  const add = (mask: Mask) => {
    if (full) return;
    setAreas([...areas, mask]);
    setChosen(areas.length);
  };
  const free = (area: number) => area >= kept && area < areas.length;
  return {
    ...{ areas, kept, chosen, tool, draft, full, add },
    choose: (area) => setChosen(area !== null && free(area) ? area : null),
    take(next) {
      setDraft([]);
      setTool(next);
    },
    addMiddle: () => add(middleRectangle()),
    change: (area, mask) => free(area) && setAreas(areas.map((one, at) => (at === area ? mask : one))),
    remove(area) {
      if (!free(area)) return;
      setAreas(areas.filter((_one, at) => at !== area));
      setChosen(null);
    },
    addCorner: (at) => void (full || setDraft([...draft, at])),
    close() {
      setDraft([]);
      if (draft.length >= 3) add([...draft]);
    },
    forget() {
      setDraft([]);
      return draft.length > 0;
    },
  };
}

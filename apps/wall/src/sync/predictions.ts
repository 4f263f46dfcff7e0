import type { ClientCommand, WallState } from '@clerestory/protocol';
import { predict } from '@clerestory/wall-state';

/** The window's own commands that are on the way, shown as if they were done (wall-state W22). Never kept. */
export interface Predictions {
  add(key: string, command: ClientCommand): void;
  /** Its commit is there, or its answer. False when it was not predicted any more. */
  drop(key: string): boolean;
  /** Nobody knows what became of them. */
  clear(): void;
  /** The wall as it will be, if all of them are accepted; the same object when there are none. */
  over(wall: WallState): WallState;
}

/** `nowMs`: the server's clock, for when an assignment was made. */
export function createPredictions(nowMs: () => number): Predictions {
  const onTheWay = new Map<string, ClientCommand>();
  return {
    add: (key, command) => void onTheWay.set(key, command),
    drop: (key) => onTheWay.delete(key),
    clear: () => onTheWay.clear(),
    over(wall) {
      // Whether a camera is still registered, the server says; a console offers only those it knows.
      const context = { by: '', nowMs: nowMs(), cameraExists: () => true };
      let shown = wall;
      for (const command of onTheWay.values()) shown = predict(shown, command, context) ?? shown;
      return shown;
    },
  };
}

/** Where a window of the workstation was on its desk, pixels. */
export interface WindowPlace {
  left: number;
  top: number;
  width: number;
  height: number;
}

const keyOf = (number: number) => `clerestory.window-${number}`;

/** Null where it was never open, or the browser keeps nothing. */
export function placeOf(number: number): WindowPlace | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(number)) ?? 'null') as Partial<WindowPlace> | null;
    const { left, top, width, height } = kept ?? {};
    const sound = [left, top, width, height].every((one) => Number.isSafeInteger(one));
    return sound && Number(width) >= 200 && Number(height) >= 150 ? (kept as WindowPlace) : null;
  } catch {
    return null;
  }
}

/** Keeps the place of this window when it is closed. Returns how to stop. */
export function keepPlace(number: number): () => void {
  const keep = () => {
    const place = {
      ...{ left: window.screenX, top: window.screenY },
      ...{ width: window.outerWidth, height: window.outerHeight },
    };
    try {
      localStorage.setItem(keyOf(number), JSON.stringify(place));
    } catch {
      // Then it opens where the browser likes.
    }
  };
  window.addEventListener('pagehide', keep);
  return () => window.removeEventListener('pagehide', keep);
}

import type { CameraViewer } from '@clerestory/protocol';

/** Whoever watches, each once though it be in two windows; one who listens in any of them listens. */
export function eachOnce(viewers: readonly CameraViewer[]): CameraViewer[] {
  const found = new Map<string, CameraViewer>();
  for (const one of viewers) {
    const key = `${one.kind} ${one.name}`;
    const before = found.get(key);
    found.set(key, before ? { ...before, ...(one.listens && { listens: true }) } : one);
  }
  return [...found.values()];
}

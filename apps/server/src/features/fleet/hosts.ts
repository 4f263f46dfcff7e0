import type { MediaCamera } from '@clerestory/protocol';

/** Where each camera's stream comes from, by its address; cameras that send to us, and drawn ones, have none. */
export function hostsOf(cameras: readonly MediaCamera[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { id, source } of cameras) {
    const address = Object.values(source).find(
      (value): value is string => typeof value === 'string' && /^[a-z]+:\/\//i.test(value),
    );
    if (address !== undefined && URL.canParse(address)) {
      const { hostname } = new URL(address);
      if (hostname !== '') found.set(id, hostname);
    }
  }
  return found;
}

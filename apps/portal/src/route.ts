import { useSyncExternalStore } from 'react';

/** Where the portal lies. */
const base = '/portal';

export type Route =
  | { page: 'home' }
  | { page: 'camera'; camera: string }
  | { page: 'register' }
  | { page: 'requests' }
  | { page: 'settings' }
  | { page: 'public' }
  | { page: 'missing' };

/** What a path below `/portal` shows. */
export function routeOf(pathname: string): Route {
  const parts = pathname.slice(base.length).split('/').filter(Boolean).map(decodePart);
  const [first, second] = parts;
  if (first === undefined || (first === 'cameras' && parts.length === 1)) return { page: 'home' };
  if (first === 'camera' && second !== undefined && parts.length === 2)
    return { page: 'camera', camera: second };
  if (parts.length > 1) return { page: 'missing' };
  return first === 'register' || first === 'requests' || first === 'settings' || first === 'public'
    ? { page: first }
    : { page: 'missing' };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const paths = {
  home: `${base}/`,
  camera: (camera: string) => `${base}/camera/${encodeURIComponent(camera)}`,
  register: `${base}/register`,
  requests: `${base}/requests`,
  settings: `${base}/settings`,
  public: `${base}/public`,
};

const listeners = new Set<() => void>();
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
};

export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname);

/** Shows another page of the portal, without loading anew. */
export function go(path: string): void {
  history.pushState(null, '', path);
  window.scrollTo(0, 0);
  for (const listener of listeners) listener();
}

import { ScreenId } from '@clerestory/protocol';

export type Route =
  | { surface: 'console' }
  | { surface: 'admin' }
  | { surface: 'workstation'; number: number }
  | { surface: 'fleet' }
  | { surface: 'pairing' }
  | { surface: 'screen'; screen: string }
  | { surface: 'missing' };

/** Which surface a path shows. A trailing slash makes no difference. */
export function routeOf(path: string): Route {
  const clean = path.replace(/\/+$/, '');
  if (clean === '') return { surface: 'console' };
  if (clean === '/screen') return { surface: 'pairing' };
  if (clean === '/admin') return { surface: 'admin' };
  if (clean === '/fleet') return { surface: 'fleet' };
  const number = /^\/workstation\/([1-4])$/.exec(clean)?.[1];
  if (number !== undefined) return { surface: 'workstation', number: Number(number) };
  const screen = ScreenId.safeParse(/^\/screen\/([^/]+)$/.exec(clean)?.[1]);
  return screen.success ? { surface: 'screen', screen: screen.data } : { surface: 'missing' };
}

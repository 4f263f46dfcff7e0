import { expect, test } from 'vitest';
import { routeOf } from './route.ts';

test.each([
  ['/', { surface: 'console' }],
  ['/screen/left', { surface: 'screen', screen: 'left' }],
  ['/screen/left/', { surface: 'screen', screen: 'left' }],
  ['/screen', { surface: 'pairing' }],
  ['/screen/', { surface: 'pairing' }],
  ['/admin', { surface: 'admin' }],
  ['/fleet', { surface: 'fleet' }],
  ['/workstation/4', { surface: 'workstation', number: 4 }],
  ['/workstation/5', { surface: 'missing' }],
  ['/screen/Left%20one', { surface: 'missing' }],
  ['/screen/a/b', { surface: 'missing' }],
  ['/other', { surface: 'missing' }],
])('%s shows %j', (path, route) => expect(routeOf(path)).toEqual(route));

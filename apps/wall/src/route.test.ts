import { expect, test } from 'vitest';
import { routeOf } from './route.ts';

test.each([
  ['/', { surface: 'console' }],
  ['/screen/left', { surface: 'screen', screen: 'left' }],
  ['/screen/left/', { surface: 'screen', screen: 'left' }],
  ['/screen', { surface: 'pairing' }],
  ['/screen/', { surface: 'pairing' }],
  ['/admin', { surface: 'admin' }],
  ['/screen/Left%20one', { surface: 'missing' }],
  ['/screen/a/b', { surface: 'missing' }],
  ['/other', { surface: 'missing' }],
])('%s shows %j', (path, route) => expect(routeOf(path)).toEqual(route));

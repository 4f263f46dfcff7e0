import { expect, test } from 'vitest';
import type { CameraViewer } from '@clerestory/protocol';
import { eachOnce } from './each-once.ts';

test('somebody with two windows watches once, and listens if one of them does', () => {
  const viewer = (name: string, since: number, listens?: true): CameraViewer => ({
    ...{ kind: 'person', name, since },
    ...(listens && { listens }),
  });
  const found = eachOnce([viewer('Samir', 1), viewer('Olga', 2), viewer('Samir', 3, true)]);
  expect(found).toEqual([viewer('Samir', 1, true), viewer('Olga', 2)]);
});

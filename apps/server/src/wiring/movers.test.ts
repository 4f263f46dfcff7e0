import { expect, test } from 'vitest';
import type { PersonActor } from '../platform/actor.ts';
import { moversAtConsoles } from './movers.ts';

const ada: PersonActor = {
  ...{ kind: 'person', id: 'ada', name: 'Ada', roles: ['operator'], groups: [] },
  ...{ session: 's', locked: false },
};

test('who may move cameras moves a private one under a live grant alone, and what was begun is weighed again when it ends', () => {
  const granted = new Set<string>();
  const listeners: (() => void)[] = [];
  let rechecks = 0;
  const none = () => undefined;
  const moverOf = moversAtConsoles({
    access: { rights: { may: () => ({ ok: true }), onChange: none } },
    people: {
      authenticate: () => ada,
      actorOf: () => ada,
      sessions: { onEnded: none, onLocked: none, onChanged: none },
    },
    grants: {
      isForIncident: (_actor, camera) => granted.has(camera),
      permit: (_actor, camera) => ({ ok: camera === 'street' || granted.has(camera) }),
      onChange: (listener) => void listeners.push(listener),
    },
    ptz: { recheck: () => void (rechecks += 1), forget: none },
    cameras: { onChange: none },
    rankOf: (_roles, forIncident) => (forIncident ? 'incident' : 'operator'),
  });
  const mover = moverOf({ id: 'w', request: {} } as never);
  expect([mover?.may('street'), mover?.may('yard')]).toEqual([true, false]);
  expect(mover?.rankAt('yard')).toBe('operator');
  granted.add('yard');
  expect([mover?.rankAt('street'), mover?.rankAt('yard')]).toEqual(['operator', 'incident']);
  expect(mover?.may('yard')).toBe(true);
  for (const listener of listeners) listener();
  expect(rechecks).toBe(1);
});

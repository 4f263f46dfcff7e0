import { expect, test } from 'vitest';
import { doorsOf, loadAll, startAll, stopAll, type Feature } from './feature.ts';
import { createLogger } from './logging.ts';

test('features load and start in their order, and stop the other way round, whatever one of them does', async () => {
  const seen: string[] = [];
  const feature = (name: string, more: Partial<Feature> = {}): Feature => ({
    name,
    load: async () => void seen.push(`load ${name}`),
    start: () => void seen.push(`start ${name}`),
    stop: async () => void seen.push(`stop ${name}`),
    ...more,
  });
  const stop = () => Promise.reject(new Error('it hangs on'));
  const features = [feature('a'), feature('b', { stop }), { name: 'idle' }, feature('c')];
  await loadAll(features);
  startAll(features);
  await stopAll(features, createLogger('silent'));
  expect(seen.join(', ')).toBe('load a, load b, load c, start a, start b, start c, stop c, stop a');
});

test('a feature that cannot load keeps the next from loading', async () => {
  const seen: string[] = [];
  const broken: Feature = { name: 'broken', load: () => Promise.reject(new Error('no such table')) };
  const next: Feature = { name: 'next', load: () => void seen.push('next') };
  await expect(loadAll([broken, next])).rejects.toThrow('no such table');
  expect(seen).toEqual([]);
});

test('the doors of the features are found, in order', () => {
  const [a, b] = [{}, {}];
  expect(doorsOf([{ name: 'a', routes: a }, { name: 'b' }, { name: 'c', routes: b }], 'routes')).toEqual([
    a,
    b,
  ]);
});

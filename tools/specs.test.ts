import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const specs = globSync('packages/*/SPEC.md', { cwd: root });
const tests = ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'e2e/**/*.e2e.ts']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .map((file) => readFileSync(path.join(root, file), 'utf8'))
  .join('\n');

test('there are specifications', () => expect(specs.length).toBeGreaterThan(1));

test.each(specs)('each rule of %s is quoted by a test', (spec) => {
  const rules = [...readFileSync(path.join(root, spec), 'utf8').matchAll(/\*\*([A-Z]\d+)\*\*/g)];
  expect(rules.length).toBeGreaterThan(10);
  const missing = rules.map(([, id]) => id ?? '').filter((id) => !new RegExp(`\\b${id}\\b`).test(tests));
  expect(missing).toEqual([]);
});

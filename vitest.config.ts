import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The hundred kills take longer than anything else by far: begun last, they would run on alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith('/kill.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

const include = [
  'packages/*/src/**/*.test.ts',
  'apps/*/src/**/*.test.ts',
  'tools/**/*.test.ts',
  'bench/**/*.test.ts',
];
/**
 * These put something in the place of a module, or count what the engine runs: each in a process of its own. All others
 * share one with those before them, since to load the server anew costs each of a hundred files more than a second.
 */
const apart = ['**/durable.test.ts', '**/people.test.ts', '**/packager.cost.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'shared', include, exclude: apart, isolate: false } },
      { extends: true, test: { name: 'apart', include: apart } },
    ],
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One more than cores: many tests wait for cameras and clocks.
    maxWorkers: 3,
    pool: 'forks',
  },
});

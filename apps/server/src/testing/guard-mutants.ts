import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { assured } from '../../../../tools/harness/assured.ts';
import { MutantFolder, mutantsOf, type Defect } from './mutants.ts';

/** A list of what does not hold; empty for a guard that works. */
export type Check<M> = (module: M) => string[] | Promise<string[]>;

/** The names of what is not as it should be. */
export const checks = (found: Record<string, [is: unknown, should: unknown]>): string[] =>
  Object.entries(found).flatMap(([name, [is, should]]) =>
    JSON.stringify(is) === JSON.stringify(should) ? [] : [name],
  );

/** A guard and the questions that each of its mutants has to answer wrongly. */
export interface Guard {
  name: string;
  file: string;
  /** From which text to which. */
  parts: [string, string][];
  defects: readonly Defect[];
  wrong(module: never): string[] | Promise<string[]>;
  itself: unknown;
}

const src = path.resolve(import.meta.dirname, '..');

/** Tests of each guard as it is, and of each of its mutants. */
export function describeGuards(guards: readonly Guard[]): void {
  const folder = new MutantFolder(path.resolve(src, '../../..'));
  afterAll(() => folder.remove());
  describe.each(guards)('A7: $name', ({ file, parts, defects, wrong, itself }) => {
    const whole = path.join(src, file);
    const mutants = parts.flatMap((part) => mutantsOf(whole, part, defects));
    const wrongOf = async (module: unknown): Promise<string[]> => {
      try {
        return await wrong(module as never);
      } catch (error) {
        return [String(error)];
      }
    };
    it('as it is, it answers rightly', async () => expect(await wrongOf(itself)).toEqual([]));
    it.each(mutants)('$name is caught', async ({ text }) => {
      expect(await wrongOf(await folder.load(whole, text))).not.toEqual([]);
      assured({
        ...{ row: 'A7', trials: 1, whole: true },
        claim: `${file}: each condition taken out or turned round is found`,
        control: 'the mutants themselves; unchanged, nothing is found',
      });
    });
  });
}

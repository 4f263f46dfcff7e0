import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** One kind of defect: each place that `find` matches, replaced by `put`, is a mutant. */
export type Defect = readonly [what: string, find: RegExp, put: string];

/** The defects that conditions can have. */
export const conditionDefects: readonly Defect[] = [
  ['and → or', / && /g, ' || '],
  ['or → and', / \|\| /g, ' && '],
  ['equal → different', / === /g, ' !== '],
  ['different → equal', / !== /g, ' === '],
  ['not taken out', /(?<=[\s(])!(?=\w)/g, ''],
  ['condition never holds', /\bif \((?=[^\n]*\n)/g, 'if (true ? false : '],
  ['some → every', /\.some\(/g, '.every('],
  ['every → some', /\.every\(/g, '.some('],
];

/** The defects that a choice between two values can have. */
export const choiceDefects: readonly Defect[] = [
  ['the first always', / \? (?=['{\w])/g, ' || true ? '],
  ['the first never', / \? (?=['{\w])/g, ' && false ? '],
];

export interface Mutant {
  name: string;
  /** The module, TypeScript. */
  text: string;
}

/** Each defect at each place between `from` and `to` (texts that stand in the file once). @throws Error when they do not */
export function mutantsOf(file: string, [from, to]: [string, string], defects: readonly Defect[]): Mutant[] {
  const source = readFileSync(file, 'utf8');
  const [start, end] = [source.indexOf(from), source.indexOf(to, source.indexOf(from))];
  if (start < 0 || end <= start) throw new Error(`${file} has no part from "${from}" to "${to}"`);
  return defects.flatMap(([what, find, put]) =>
    [...source.slice(start, end).matchAll(find)].map(({ 0: text, index }) => {
      const at = start + index;
      const before = source.slice(0, at);
      const column = at - before.lastIndexOf('\n');
      return {
        name: `${path.basename(file)} ${before.split('\n').length}:${column}, ${what}`,
        text: before + put + source.slice(at + text.length),
      };
    }),
  );
}

/** Modules made of text, in a folder of their own below the repository, so that they find the packages. */
export class MutantFolder {
  readonly #dir: string;
  #count = 0;

  constructor(root: string) {
    this.#dir = mkdtempSync(path.join(root, 'node_modules', '.mutants-'));
  }

  /** Loads it as if it stood where `file` stands. @throws whatever the module throws as it loads */
  async load<M>(file: string, text: string): Promise<M> {
    const place = pathToFileURL(path.dirname(file)).href;
    const code = stripTypeScriptTypes(text).replaceAll(/(?<= from )'(\.[^']*)'/g, (_, to: string) =>
      JSON.stringify(new URL(to, `${place}/`).href),
    );
    const module = path.join(this.#dir, `${(this.#count += 1)}.mjs`);
    writeFileSync(module, code);
    return (await import(/* @vite-ignore */ pathToFileURL(module).href)) as M;
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

import { Session } from 'node:inspector/promises';

/**
 * Counts how often blocks of code are run: what work costs, counted and not timed, so that how busy a machine is has no
 * say. What is inside of a built-in call (a copy of an array) is not seen. V8 counts in code that it compiled after this
 * was begun, so the code in question has to be imported then.
 */
export class Steps {
  readonly #session = new Session();

  static async begin(): Promise<Steps> {
    const steps = new Steps();
    steps.#session.connect();
    await steps.#session.post('Profiler.enable');
    await steps.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    return steps;
  }

  /** Of `work`, in the modules whose address contains `folder`. */
  async of(folder: string, work: () => void): Promise<number> {
    await this.#session.post('Profiler.takePreciseCoverage');
    work();
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => url.includes(folder))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
      .reduce((steps, { count }) => steps + count, 0);
  }

  end(): void {
    this.#session.disconnect();
  }
}

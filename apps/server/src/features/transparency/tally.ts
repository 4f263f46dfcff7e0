import type { RecordNote } from '@clerestory/protocol';
import { suppressed } from '@clerestory/public-log';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import { repeat } from '../../platform/repeat.ts';

/** How often it is looked which cameras work, ms. */
const lookMs = 60_000;

/** Cameras as they are now. `tier`: what they are there for; `consent`: of private ones, what their owner allows. */
export interface CameraNow {
  tier: string;
  consent: string | null;
  /** null: not meant to run just now. */
  works: boolean | null;
}

export interface TallyParts {
  db: Database;
  clock: Clock;
  log: Logger;
  record: { append(write: Write, note: RecordNote): Promise<void> };
  cameras(): readonly CameraNow[];
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
/** `tier 12`. Small numbers are `few` already in the log, since nothing that was once in it is ever taken out. */
function counted(values: readonly string[]): string[] {
  const counts = new Map(
    [...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]),
  );
  const shown = suppressed(counts);
  return [...counts.keys()].map((value) => `${value} ${shown?.[value] ?? 'few'}`).sort();
}

/**
 * Once a day the record gets how many cameras there are, of which tier and consent, and how much of the time that was
 * looked at they worked: so that the public report needs the log alone.
 */
export class Tally {
  readonly #parts: TallyParts;
  #looks = 0;
  #working = 0;
  #end: (() => void) | undefined;
  constructor(parts: TallyParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#end = repeat(lookMs, () => this.look());
  }

  stop(): void {
    this.#end?.();
  }

  /** Looks at every camera, and counts them if today they have not been counted yet. */
  async look(): Promise<void> {
    const { db, clock, log, record, cameras } = this.#parts;
    const now = cameras();
    const meant = now.filter(({ works }) => works !== null);
    if (meant.length > 0) {
      this.#looks += 1;
      this.#working += meant.filter(({ works }) => works).length / meant.length;
    }
    try {
      const day = dayOf(clock.nowMs());
      const last = await db
        .selectFrom('record_entries')
        .select('entry')
        .where('kind', '=', 'cameras-counted')
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (last?.entry.includes(`"day":"${day}"`) === true) return;
      const uptimePercent = this.#looks === 0 ? null : Math.round((1_000 * this.#working) / this.#looks) / 10;
      await db.transaction().execute((write) =>
        record.append(write, {
          ...{ kind: 'cameras-counted', actor: 'server', subject: 'site' },
          detail: {
            ...{ day, uptimePercent, tiers: counted(now.map(({ tier }) => tier)) },
            states: counted(now.flatMap(({ consent }) => consent ?? [])),
          },
        }),
      );
      [this.#looks, this.#working] = [0, 0];
    } catch (error) {
      log.error({ err: error }, 'the cameras could not be counted; it is tried again');
    }
  }
}

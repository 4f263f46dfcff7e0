import type { Answer, Applied, Command, CommandResult, Schedule, WallState } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import { fingerprint } from '../../platform/http.ts';
import type { Logger } from '../../platform/logging.ts';
import { dueBetween, graceMs } from './rules.ts';

/** Walls, as schedules arrange them. */
export interface ArrangedWalls {
  list(): WallState[];
  execute(request: {
    wall: string;
    key: string;
    base: null;
    command: Command;
    by: string;
    asker: {
      who: string;
      isSupervisor: boolean;
      mayArrange(camera: string): boolean;
      sees(camera: string): boolean;
    };
  }): Promise<Answer<CommandResult>>;
}

/** How often the clock is looked at, ms. */
const lookEveryMs = 1_000;
/** Longest outcome that a schedule keeps, characters. */
const maxOutcome = 300;

/** The actor of what a schedule does. */
const actorOf = ({ schedule }: Schedule): string => `schedule:${schedule}`;

/**
 * Applies scenes by the clock, and takes back what is to be taken back. What is due is worked out anew from the wall at each look,
 * so that a restart loses nothing and does nothing twice.
 */
export class ScheduleService {
  readonly #walls: ArrangedWalls;
  readonly #clock: Clock;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;

  constructor(walls: ArrangedWalls, clock: Clock, log: Logger) {
    this.#walls = walls;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookEveryMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Does what is due now; never two looks at once. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#log.error({ err: error }, 'a schedule could not be followed'))
      .finally(() => (this.#looking = null));
    return this.#looking;
  }

  async #look(): Promise<void> {
    for (const wall of this.#walls.list())
      for (const schedule of wall.schedules ?? []) {
        await this.#apply(wall, schedule);
        await this.#takeBack(wall, schedule);
      }
  }

  async #apply(wall: WallState, schedule: Schedule): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const dueMs = dueBetween(schedule, schedule.doneUntil, nowMs);
    if (dueMs === null) return;
    if (nowMs - dueMs > graceMs)
      return this.#note(
        wall,
        schedule,
        dueMs,
        'Not applied: the server was not running, or somebody had control.',
      );
    const answer = await this.#execute(wall, schedule, `apply ${dueMs}`, {
      type: 'scene:apply',
      scene: schedule.scene,
    });
    // Whoever has control keeps it; it is tried again until it is too late.
    if (!answer.ok && answer.problem.code === 'held') return;
    const left = answer.ok ? (answer.value.left ?? []) : [];
    const outcome = answer.ok ? ['Applied', ...left].join('; ') : `Not applied: ${answer.problem.detail}`;
    await this.#note(wall, schedule, dueMs, outcome);
  }

  async #takeBack(wall: WallState, schedule: Schedule): Promise<void> {
    const { revertAfterMin } = schedule;
    if (revertAfterMin === null) return;
    const nowMs = this.#clock.nowMs();
    const dueOf = (one: Applied) => one.at + revertAfterMin * 60_000;
    const applied = wall.applied?.findLast(({ by }) => by === actorOf(schedule));
    if (!applied || dueOf(applied) > nowMs || dueOf(applied) <= schedule.doneUntil) return;
    if (wall.applied?.at(-1) !== applied)
      return this.#note(wall, schedule, dueOf(applied), 'Not taken back: another scene was applied since.');
    const answer = await this.#execute(wall, schedule, `take back ${applied.sequence}`, {
      type: 'scene:revert',
      applied: applied.sequence,
      since: 'keep',
    });
    if (!answer.ok && answer.problem.code === 'held') return;
    const outcome = answer.ok ? 'Taken back' : `Not taken back: ${answer.problem.detail}`;
    await this.#note(wall, schedule, dueOf(applied), outcome);
  }

  async #note(wall: WallState, schedule: Schedule, dueAt: number, outcome: string): Promise<void> {
    await this.#execute(wall, schedule, `note ${dueAt}`, {
      type: 'schedule:note',
      schedule: schedule.schedule,
      dueAt,
      outcome: outcome.slice(0, maxOutcome),
    });
  }

  #execute(
    wall: WallState,
    schedule: Schedule,
    what: string,
    command: Command,
  ): Promise<Answer<CommandResult>> {
    return this.#walls.execute({
      wall: wall.id,
      // The same time is never done twice, however often the server starts meanwhile.
      key: fingerprint('schedule', wall.id, schedule.schedule, what).slice(0, 64),
      base: null,
      command,
      by: actorOf(schedule),
      // Whoever set it had the right; a screen's own rights are asked again for each picture.
      asker: {
        who: `Schedule ${schedule.time}`,
        isSupervisor: false,
        mayArrange: () => true,
        sees: () => true,
      },
    });
  }
}

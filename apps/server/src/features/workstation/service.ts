import {
  problem,
  type Answer,
  type Camera,
  type CommandRun,
  type ConsoleSettings,
  type Mark,
  type MarkInput,
  type RecordNote,
  type SnapshotNote,
  type Workstation,
} from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import { maxWorkstations, momentFault, screensOf, wallIdOf } from './rules.ts';
import { workstationStore, type PersonalWall } from './store.ts';

/** Marks of one camera that are listed. */
const listedMarks = 50;

export interface WorkstationParts {
  db: Database;
  clock: Clock;
  record: { append(write: Write, note: RecordNote): Promise<void> };
  cameras: { get(camera: string): Camera | undefined };
  walls: {
    /** From here on, the wall is there for this person alone. */
    own(wall: string, person: string): void;
    personal(wall: string, person: string, screens: readonly { id: string; name: string }[]): Promise<void>;
  };
}

/** What somebody does at a console or workstation that is theirs alone, or that has to be known. */
export class WorkstationService {
  readonly #parts: WorkstationParts;
  /** Used last, last. */
  readonly #walls: PersonalWall[] = [];

  constructor(parts: WorkstationParts) {
    this.#parts = parts;
  }

  /** Says whose each personal wall is, before anybody can ask for one. */
  async load(): Promise<void> {
    this.#walls.push(...(await workstationStore.walls(this.#parts.db)));
    for (const { wall, person } of this.#walls) this.#parts.walls.own(wall, person);
  }

  /** The wall of a person at a workstation; made, or taken over from one they no longer sit at. */
  async open(person: string, workstation: string): Promise<Workstation> {
    const { db, clock, walls } = this.#parts;
    const theirs = this.#walls.filter((one) => one.person === person);
    const known =
      theirs.find((one) => one.workstation === workstation) ??
      (theirs.length >= maxWorkstations ? theirs[0] : undefined);
    const mine: PersonalWall = { wall: known?.wall ?? wallIdOf(person, workstation), person, workstation };
    await workstationStore.putWall(db, mine, clock.nowMs());
    if (known) this.#walls.splice(this.#walls.indexOf(known), 1);
    this.#walls.push(mine);
    walls.own(mine.wall, person);
    const screens = screensOf(mine.wall);
    await walls.personal(mine.wall, person, screens);
    return { wall: mine.wall, screens: screens.map(({ id }) => id) };
  }

  settings(person: string): Promise<ConsoleSettings> {
    return workstationStore.settings(this.#parts.db, person);
  }

  async setSettings(person: string, settings: ConsoleSettings): Promise<ConsoleSettings> {
    await workstationStore.putSettings(this.#parts.db, person, settings);
    return settings;
  }

  /** Commands that reached beyond a window, each an entry of its own. */
  async noteCommands(ran: readonly CommandRun[], by: string): Promise<void> {
    const { db, record } = this.#parts;
    await db.transaction().execute(async (write) => {
      for (const { command, by: how, camera, wall, screen, tile } of ran)
        await record.append(write, {
          kind: 'command-run',
          actor: by,
          subject: camera === undefined ? `wall:${wall ?? ''}` : `camera:${camera}`,
          detail: { command, how, wall: wall ?? null, screen: screen ?? null, tile: tile ?? null },
        });
    });
  }

  /** The hash is in the record before the picture is anybody's. */
  async noteSnapshot(
    camera: string,
    { at, seen, stream, width, height, bytes, sha256 }: SnapshotNote,
    { by, key }: { by: string; key: string },
  ): Promise<Answer<{ id: string; at: number }>> {
    // Its owner's consent is for what is live; a picture that is taken out stays.
    if (this.#parts.cameras.get(camera)?.visibility !== 'public')
      return refuse(
        problem('forbidden', 'No picture is taken out of a private camera: its grant is for what is live.'),
      );
    const fault = momentFault(at, this.#parts.clock.nowMs());
    if (fault) return refuse(fault);
    return this.#once(key, ['snapshot', camera, at, sha256], async (write) => {
      const id = newId();
      await this.#parts.record.append(write, {
        kind: 'snapshot-taken',
        actor: by,
        subject: `camera:${camera}`,
        detail: { snapshot: id, capturedAt: Math.round(at), seen, stream, width, height, bytes, sha256 },
      });
      return { id, at };
    });
  }

  async mark(
    camera: string,
    { at, note }: MarkInput,
    { by, key }: { by: string; key: string },
  ): Promise<Answer<Mark>> {
    const nowMs = this.#parts.clock.nowMs();
    const fault = momentFault(at, nowMs);
    if (fault) return refuse(fault);
    return this.#once(key, ['mark', camera, at, note], async (write) => {
      const mark: Mark = { id: newId(), camera, at, note, by, madeAt: nowMs };
      await workstationStore.addMark(write, mark);
      await this.#parts.record.append(write, {
        kind: 'moment-marked',
        actor: by,
        subject: `camera:${camera}`,
        detail: { mark: mark.id, markedAt: Math.round(at), note },
      });
      return mark;
    });
  }

  marks(camera: string): Promise<Mark[]> {
    return workstationStore.marks(this.#parts.db, camera, listedMarks);
  }

  async #once<T>(key: string, what: unknown, work: (write: Write) => Promise<T>): Promise<Answer<T>> {
    const { db, clock } = this.#parts;
    const request = { key, fingerprint: fingerprint('workstation', what), nowMs: clock.nowMs() };
    return (await once<T>(db, request, async (write) => ok(await work(write)))).answer;
  }
}

export const noPerson = refuse(problem('forbidden', 'Only somebody who signed in has a workstation.'));

import {
  purposeWords,
  type Answer,
  type Command,
  type CommandResult,
  type Incident,
  type WallState,
} from '@clerestory/protocol';
import { fingerprint } from '../platform/http.ts';
import type { Logger } from '../platform/logging.ts';

export interface AlertParties {
  incidents: {
    open(): Incident[];
    onChange(listener: (incident: Incident) => void): void;
  };
  walls: {
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
  };
  log: Logger;
}

const turns = ({ screens }: WallState): boolean =>
  screens.some(({ tour, tiles }) => tour !== undefined || Object.values(tiles).some((tile) => tile.tour));

/**
 * While an incident is open that began while a wall's tours ran, they stand; with the last such one closed they go on. Somebody
 * who let them go on before is not overruled, but for the next incident.
 */
export class TourAlerts {
  readonly #parties: AlertParties;
  #tail: Promise<void> = Promise.resolve();

  constructor(parties: AlertParties) {
    this.#parties = parties;
    parties.incidents.onChange((incident) => this.#then(() => this.#look(incident)));
  }

  /** Looks whether what holds the tours was closed while the server was away. */
  start(): void {
    this.#then(() => this.#look(null));
  }

  /** When what is begun is done. */
  stop(): Promise<void> {
    return this.#tail;
  }

  #then(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work).catch((error: unknown) => {
      this.#parties.log.error({ err: error }, 'tours could not be held for an incident, or let go on');
    });
  }

  /** `begun`: an incident that was opened, or null. */
  async #look(begun: Incident | null): Promise<void> {
    const { incidents, walls } = this.#parties;
    const newest = incidents.open()[0]?.number ?? 0;
    const isOn = begun !== null && incidents.open().some(({ id }) => id === begun.id);
    for (const wall of walls.list()) {
      const alert = wall.toursHeld?.alert;
      if (alert !== undefined && newest < alert) await this.#tell(wall, alert, null);
      else if (isOn && !wall.toursHeld && turns(wall))
        await this.#tell(wall, begun.number, `incident ${begun.number}, ${purposeWords[begun.type]}`);
    }
  }

  async #tell(wall: WallState, alert: number, why: string | null): Promise<void> {
    const who = `Incident ${alert}`;
    await this.#parties.walls.execute({
      wall: wall.id,
      key: fingerprint('alert', wall.id, alert, why === null ? 'over' : 'on').slice(0, 64),
      base: null,
      command: { type: 'tours:alert', alert, why },
      by: 'server',
      asker: { who, isSupervisor: false, mayArrange: () => true, sees: () => true },
    });
  }
}

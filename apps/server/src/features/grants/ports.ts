import type {
  Camera,
  Consent,
  Grant,
  Incident,
  RecordNote,
  Right,
  Role,
  SitePolicy,
} from '@clerestory/protocol';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Machine } from '../../platform/machine.ts';

/** Called in the transaction of what happened: for notices to owners. */
export interface GrantWitness {
  granted(write: Write, grant: Grant, owners: readonly string[]): Promise<void>;
  /** An owner's yes is asked for. */
  waiting(write: Write, grant: Grant, owners: readonly string[]): Promise<void>;
  ended(write: Write, grant: Grant, owners: readonly string[]): Promise<void>;
  refused(write: Write, grant: Grant, owners: readonly string[]): Promise<void>;
}

export interface GrantParts {
  db: Database;
  clock: Clock;
  machine: Machine;
  log: Logger;
  record: { append(write: Write, note: RecordNote): Promise<unknown> };
  cameras: {
    get(camera: string): Camera | undefined;
    /** How many owners lend cameras at its kind of place in its district; counted no further than to `enough`. */
    alikeOwners(camera: Camera, enough: number): number;
  };
  consents: {
    of(camera: string): readonly Consent[];
    owners(camera: string): string[];
    versionOf(camera: string): number;
  };
  incidents: {
    get(id: string): Incident | undefined;
    /** As old as it is by the clock that counts more. */
    aged(id: string): Incident | undefined;
    open(): Incident[];
  };
  policy: { get(): SitePolicy };
  rights: { may(actor: Actor, right: Right, camera: string): { ok: boolean; because?: string } };
  people: {
    get(
      id: string,
    ): { roles: readonly Role[]; groups: readonly string[]; disabled: boolean; name: string } | undefined;
  };
  /** A screen's name; undefined: there is none. */
  screenName(screen: string): string | undefined;
}

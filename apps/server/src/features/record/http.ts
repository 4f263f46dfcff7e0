import { actorName } from '../../platform/actor.ts';
import { ok, type RouteHandlers } from '../../platform/http.ts';
import type { RecordService } from './record-service.ts';
import { ofKept, type Walked } from './walk.ts';

/** The log that is signed of it. */
interface SignedLog {
  /** Why it is not signed; null while it is. */
  halted: () => string | null;
  /** Hears what a walk along the whole record has found. */
  checked: (found: Walked) => Promise<void>;
}

/** The record over REST. Who may read it is for the policy table. */
export function recordRoutes(record: RecordService, { halted, checked }: SignedLog): RouteHandlers {
  return {
    readRecord: async ({ query }, { actor }) => ok(await record.read(query, actorName(actor))),
    getRecordHead: async () => ok(await record.head()),
    async verifyRecord({ query }, { actor }) {
      const found = await record.verifyFor(actorName(actor), query);
      // Another head than the one that somebody says they have kept is their word against ours.
      if (found.ok || !ofKept.includes(found.fault)) await checked(found);
      return ok(found.ok ? { ...found, halted: halted() } : found);
    },
  };
}

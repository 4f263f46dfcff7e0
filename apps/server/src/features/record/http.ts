import { actorName } from '../../platform/actor.ts';
import { ok, type RouteHandlers } from '../../platform/http.ts';
import type { RecordService } from './record-service.ts';

/** The record over REST. Who may read it is for the policy table. `halted`: why the log is not signed; null while it is. */
export function recordRoutes(record: RecordService, halted: () => string | null): RouteHandlers {
  return {
    readRecord: async ({ query }, { actor }) => ok(await record.read(query, actorName(actor))),
    getRecordHead: async () => ok(await record.head()),
    async verifyRecord({ query }, { actor }) {
      const found = await record.verifyFor(actorName(actor), query);
      return ok(found.ok ? { ...found, halted: halted() } : found);
    },
  };
}

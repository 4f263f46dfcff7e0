import { actorName } from '../../platform/actor.ts';
import { ok, type RouteHandlers } from '../../platform/http.ts';
import type { RecordService } from './record-service.ts';

/** The record over REST. Who may read it is for the policy table. */
export function recordRoutes(record: RecordService): RouteHandlers {
  return {
    readRecord: async ({ query }, { actor }) => ok(await record.read(query, actorName(actor))),
    getRecordHead: async () => ok(await record.head()),
    verifyRecord: async ({ query }) => ok(await record.verify(query)),
  };
}

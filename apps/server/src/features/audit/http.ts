import { actorName } from '../../platform/actor.ts';
import { ok, type RouteHandlers } from '../../platform/http.ts';
import type { AuditService } from './service.ts';

/** The auditor's questions over REST. Who may ask is for the policy table. */
export function auditRoutes(audit: AuditService): RouteHandlers {
  return {
    searchRecord: async ({ query }, { actor }) => ok(await audit.search(query, actorName(actor))),
    getAuditList: async ({ params, query }, { actor }) =>
      ok(await audit.list(params.list, query, actorName(actor))),
    whoCouldSee: async ({ query }, { actor }) =>
      ok(await audit.couldSee(query.camera, query.at, actorName(actor))),
    exportRecord: ({ query }, { actor }) => audit.export(query, actorName(actor)),
    listSamples: async (_, { actor }) => ok({ items: await audit.samples.list(actorName(actor)) }),
    drawSample: ({ body }, { actor }) => audit.samples.draw(body, actorName(actor)),
    getSample: ({ params }, { actor }) => audit.samples.open(params.sample, actorName(actor)),
    exportSample: ({ params }, { actor }) => audit.samples.export(params.sample, actorName(actor)),
    addFinding: ({ params, body }, { actor }) =>
      audit.samples.addFinding(params.sample, body, actorName(actor)),
  };
}

import { problem } from '@clerestory/protocol';
import { actorName } from '../../platform/actor.ts';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';
import type { IncidentService } from './service.ts';

export { IncidentService } from './service.ts';

/** Incidents over REST. */
export function incidentRoutes(incidents: IncidentService): RouteHandlers {
  return {
    listIncidents: async ({ query }) =>
      ok(await incidents.page(query.cursor, query.limit, query.open === 'true')),
    openIncident: ({ body }, { actor, key }) =>
      actor.kind === 'person'
        ? incidents.begin(body, { kind: 'person', id: actor.id, name: actor.name }, key)
        : refuse(problem('unauthenticated', 'Sign in first.')),
    closeIncident: ({ params }, { actor, key }) => incidents.close(params.incident, actorName(actor), key),
  };
}

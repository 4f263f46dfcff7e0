import { problem } from '@clerestory/protocol';
import { actorName } from '../../platform/actor.ts';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';
import type { ConsentService } from './consent-service.ts';
import type { SitePolicyService } from './site-policy.ts';

/** Consent and the site's switches over REST, as the agency uses them. */
export function consentRoutes(consents: ConsentService, policy: SitePolicyService): RouteHandlers {
  return {
    getConsents: async ({ params }) => ok({ items: await consents.history(params.camera) }),
    proposeConsent: ({ params, body }, { actor }) => consents.propose(params.camera, body, actorName(actor)),
    getSitePolicy: () => ok(policy.get()),
    setSitePolicy: ({ body }, { actor }) => policy.set(body, actorName(actor)),
    switchPrivate: ({ body }, { actor }) => {
      if (!body.off && !(actor.kind === 'person' && actor.roles.includes('administrator')))
        return refuse(problem('forbidden', 'Only an administrator switches private cameras on again.'));
      return policy.switchPrivate(body.off, body.reason, actorName(actor));
    },
  };
}

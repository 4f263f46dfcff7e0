import { problem } from '@clerestory/protocol';
import { ok, refuse, type RequestContext, type RouteHandlers } from '../../platform/http.ts';
import type { PersonActor } from '../../platform/actor.ts';
import type { GrantService } from './service.ts';

const signIn = refuse(problem('unauthenticated', 'Sign in first.'));
const personOf = ({ actor }: RequestContext): PersonActor | null => (actor.kind === 'person' ? actor : null);

/** Grants over REST. */
export function grantRoutes(grants: GrantService): RouteHandlers {
  return {
    listWays: ({ params }, context) => {
      const person = personOf(context);
      const ways = person && grants.ways(params.camera, person);
      return ways ? ok(ways) : refuse(problem('not-found', `There is no camera "${params.camera}".`));
    },
    askForGrants: ({ body }, context) => {
      const person = personOf(context);
      return person ? grants.ask(body, person, context.key) : signIn;
    },
    listGrants: (_input, { sees }) => ok({ items: grants.list().filter(({ camera }) => sees(camera)) }),
    answerGrants: ({ params, body }, context) => {
      const person = personOf(context);
      return person ? grants.answer(params.request, body.approve, person, context.key) : signIn;
    },
    endGrant: ({ params }, context) => {
      const person = personOf(context);
      return person ? grants.end(params.grant, person, context.key) : signIn;
    },
  };
}

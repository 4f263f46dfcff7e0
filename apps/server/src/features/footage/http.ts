import { problem, type Answer } from '@clerestory/protocol';
import type { OwnerActor, PersonActor } from '../../platform/actor.ts';
import { ok, refuse, type RequestContext, type RouteHandlers } from '../../platform/http.ts';
import type { OwnerFootage } from './owner-side.ts';
import { noRequest, type FootageService } from './service.ts';

const signInFirst = problem('unauthenticated', 'Sign in first.');
const confirmFirst = problem(
  'confirm-first',
  'To be sure that it is you, sign in once more, then repeat this.',
);

interface FootageDoors {
  service: FootageService;
  ownerSide: OwnerFootage;
  isFresh(session: string): boolean;
}

/** Requests for footage over REST: for the agency, for owners, and for everybody. */
export function footageRoutes({ service, ownerSide, isFresh }: FootageDoors): RouteHandlers {
  const asPerson = ({ actor }: RequestContext): Answer<PersonActor & { isSupervisor: boolean }> =>
    actor.kind === 'person'
      ? ok({ ...actor, isSupervisor: actor.roles.includes('supervisor') })
      : refuse(signInFirst);
  const asOwner = ({ actor }: RequestContext): Answer<OwnerActor> =>
    actor.kind === 'owner' ? ok(actor) : refuse(signInFirst);

  return {
    listFootage: async ({ query }) => ok(await service.page(query.cursor, query.limit)),
    async getFootage({ params }) {
      const found = await service.get(params.request);
      return found ? ok(found) : refuse(noRequest);
    },
    askForFootage({ body }, context) {
      const person = asPerson(context);
      return person.ok ? service.ask(body, person.value, context.key) : person;
    },
    moderateFootage({ params, body }, context) {
      const person = asPerson(context);
      return person.ok ? service.moderate(params.request, body, person.value, context.key) : person;
    },
    closeFootage({ params }, context) {
      const person = asPerson(context);
      return person.ok ? service.close(params.request, person.value, context.key) : person;
    },
    listFootageAnswers({ params }, context) {
      const person = asPerson(context);
      return person.ok ? service.answers(params.request, person.value) : person;
    },
    listPublishedFootage: async () => ok({ items: await service.published() }),

    async ownerListFootage(_input, context) {
      const owner = asOwner(context);
      return owner.ok ? ok({ items: await ownerSide.of(owner.value.id) }) : owner;
    },
    // It gives name and contact away, and takes what that takes everywhere.
    ownerAnswerFootage({ params, body }, context) {
      const owner = asOwner(context);
      if (!owner.ok) return owner;
      if (!isFresh(owner.value.session)) return refuse(confirmFirst);
      return ownerSide.answer(owner.value.id, params.request, body, context.key);
    },
    ownerWithdrawFootage({ params }, context) {
      const owner = asOwner(context);
      return owner.ok ? ownerSide.withdraw(owner.value.id, params.request) : owner;
    },
    ownerHideFootage({ params, body }, context) {
      const owner = asOwner(context);
      return owner.ok ? ownerSide.hide(owner.value.id, params.request, body.hidden) : owner;
    },
  };
}

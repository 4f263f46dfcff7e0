import { ConsentTerms, problem, type Answer, type ConsentChange } from '@clerestory/protocol';
import type { OwnerActor } from '../../platform/actor.ts';
import { ok, refuse, type RequestContext, type RouteHandlers } from '../../platform/http.ts';
import type { AccessProofs } from './proof.ts';
import type { OwnerDeskService } from './service.ts';

const signInFirst = problem('unauthenticated', 'Sign in first.');
const confirmFirst = problem(
  'confirm-first',
  'To be sure that it is you, sign in once more, then repeat this.',
);
const held = (untilMs: number) =>
  problem(
    'forbidden',
    `The control room entered this address for you. Until ${new Date(untilMs).toISOString().slice(0, 10)}, or until whoever reads the address of before has said that it is right, you can look, pause and stop, and allow nothing.`,
  );
const noCamera = (camera: string) => problem('not-found', `There is no camera "${camera}".`);

/** What takes away; everything else gives, and asks that the owner has signed in a short while ago. */
const takesAway: ReadonlySet<ConsentChange['type']> = new Set(['pause', 'revoke']);

export interface OwnerDeskParts {
  service: OwnerDeskService;
  proofs: AccessProofs;
  isFresh(session: string): boolean;
  /** Until when an address that the agency entered gives nothing, Unix ms; null: it does. */
  heldUntil(owner: string): number | null;
}

/** Owners and their cameras over REST. */
export function ownerDeskRoutes({ service, proofs, isFresh, heldUntil }: OwnerDeskParts): RouteHandlers {
  const { desk } = service;
  const asOwner = ({ actor }: RequestContext): Answer<OwnerActor> =>
    actor.kind === 'owner' ? ok(actor) : refuse(signInFirst);
  const freshly = (context: RequestContext): Answer<OwnerActor> => {
    const owner = asOwner(context);
    return owner.ok ? mayGive(owner.value) : owner;
  };
  const mayGive = (owner: OwnerActor): Answer<OwnerActor> => {
    const until = heldUntil(owner.id);
    if (until !== null) return refuse(held(until));
    return isFresh(owner.session) ? ok(owner) : refuse(confirmFirst);
  };
  const withCamera = (context: RequestContext, camera: string): Answer<OwnerActor> => {
    const owner = asOwner(context);
    // A camera of somebody else and none at all look the same.
    return owner.ok && !service.owns(owner.value.id, camera) ? refuse(noCamera(camera)) : owner;
  };

  /** What happened with a camera stays its owner's to read when it is out of the registry. */
  const withHistory = async (context: RequestContext, camera: string): Promise<Answer<OwnerActor>> => {
    const owner = asOwner(context);
    if (!owner.ok || service.owns(owner.value.id, camera)) return owner;
    const past = await desk.past(owner.value.id);
    return past.some(({ id }) => id === camera) ? owner : refuse(noCamera(camera));
  };
  const freshlyWithCamera = (context: RequestContext, camera: string): Answer<OwnerActor> => {
    const owner = withCamera(context, camera);
    return owner.ok ? freshly(context) : owner;
  };

  return {
    ownerListCameras(_input, context) {
      const owner = asOwner(context);
      return owner.ok ? ok(service.camerasOf(owner.value.id)) : owner;
    },
    async ownerRegisterCamera({ body }, context) {
      const owner = freshly(context);
      if (!owner.ok) return owner;
      const terms = ConsentTerms.parse({ level: 'registered', purposes: [] });
      const made = await desk.register(owner.value.id, body, terms, context.key);
      return made.ok ? ok({ id: made.value.id }) : made;
    },
    async ownerCorrectCamera({ params, body }, context) {
      const owner = freshlyWithCamera(context, params.camera);
      return owner.ok ? desk.correct(owner.value.id, params.camera, body, context.key) : owner;
    },
    async ownerRemoveCamera({ params }, context) {
      const owner = freshlyWithCamera(context, params.camera);
      return owner.ok ? desk.remove(owner.value.id, params.camera) : owner;
    },
    async ownerListPast(_input, context) {
      const owner = asOwner(context);
      return owner.ok ? ok({ items: await desk.past(owner.value.id) }) : owner;
    },
    async ownerReleaseAddress({ params }, context) {
      const owner = freshly(context);
      return owner.ok ? desk.release(owner.value.id, params.camera) : owner;
    },
    async ownerChangeConsent({ params, body }, context) {
      const owner = withCamera(context, params.camera);
      if (!owner.ok) return owner;
      const may = takesAway.has(body.type) ? owner : mayGive(owner.value);
      if (!may.ok) return may;
      return desk.ownerChanges(owner.value.id, params.camera, body, context.key);
    },
    async ownerListAccesses({ params, query }, context) {
      const owner = await withHistory(context, params.camera);
      return owner.ok ? ok(await desk.accesses(params.camera, query.cursor, query.limit)) : owner;
    },
    async ownerGetProof({ params, query }, context) {
      const owner = await withHistory(context, params.camera);
      return owner.ok ? proofs.of(params.camera, query.cursor) : owner;
    },
    async ownerListConsents({ params }, context) {
      const owner = await withHistory(context, params.camera);
      return owner.ok ? ok({ items: await desk.history(owner.value.id, params.camera) }) : owner;
    },
    async ownerAnswerAccess({ params, body }, context) {
      const owner = body.approve ? freshly(context) : asOwner(context);
      if (!owner.ok) return owner;
      const done = await desk.answer(owner.value.id, params.grant, body.approve);
      return done.ok ? ok(undefined) : done;
    },
    async ownerEndAccess({ params }, context) {
      const owner = asOwner(context);
      return owner.ok ? desk.endAccess(owner.value.id, params.grant) : owner;
    },
  };
}

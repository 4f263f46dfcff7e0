import { problem, type Answer, type Owner, type OwnerMe } from '@clerestory/protocol';
import { ok, refuse, type RequestContext, type RouteHandlers } from '../../platform/http.ts';
import { placeOf } from '../../platform/rate-limit.ts';
import type { Tries } from '../../platform/tries.ts';
import type { WebExchange } from '../../platform/web.ts';
import type { OwnerLeaving } from './leaving.ts';
import { noOwner, type OwnerService } from './owner-service.ts';
import type { OwnerPasskeys } from './passkeys.ts';
import type { OwnerSession, OwnerSessions } from './session-service.ts';
import type { OwnerSignIn } from './sign-in.ts';

/** The owner's own cookie, apart from that of people at the wall. */
export const ownerCookie = 'clerestory-owner';

interface Parts {
  owners: OwnerService;
  sessions: OwnerSessions;
  signIn: OwnerSignIn;
  passkeys: OwnerPasskeys;
  leaving: OwnerLeaving;
  tries: Tries;
  clock: { nowMs(): number };
  renewKeys(by: string): Promise<number>;
}

const signInFirst = problem('unauthenticated', 'Sign in first.');
const confirmFirst = problem(
  'confirm-first',
  'To be sure that it is you, sign in once more, then repeat this.',
);

/** Routes of owners, and of administrators who register them. */
export function ownerRoutes(parts: Parts): RouteHandlers {
  const { owners, sessions, signIn, passkeys, leaving, tries } = parts;

  const meOf = async (session: OwnerSession, owner: Owner): Promise<OwnerMe> => ({
    id: owner.id,
    name: owner.name,
    email: owner.email,
    phone: owner.phone,
    language: owner.language,
    passkeys: await passkeys.of(owner.id),
    freshUntil: sessions.freshUntil(session),
    heldUntil: owners.holds.of(owner.id)?.untilMs ?? null,
    session: { createdAt: session.createdAt, expiresAt: sessions.endOf(session) },
  });
  const asking = ({ actor }: RequestContext): Answer<{ session: OwnerSession; owner: Owner }> => {
    const session = actor.kind === 'owner' ? sessions.get(actor.session) : undefined;
    const owner = session && owners.get(session.owner);
    return session && owner ? ok({ session, owner }) : refuse(signInFirst);
  };
  /** For what gives somebody more: a phone that lies on a table must not. */
  const freshly = (context: RequestContext) => {
    const answer = asking(context);
    return answer.ok && !sessions.isFresh(answer.value.session) ? refuse(confirmFirst) : answer;
  };
  const enter = async (
    { token, session }: { token: string; session: OwnerSession },
    web: WebExchange,
  ): Promise<Answer<OwnerMe>> => {
    const owner = owners.get(session.owner);
    if (!owner) return refuse(signInFirst);
    const before = sessions.find(web.cookie(ownerCookie));
    const leftS = (sessions.endOf(session) - parts.clock.nowMs()) / 1000;
    web.setCookie({ name: ownerCookie, value: token, maxAgeS: leftS });
    if (before) await sessions.end(before.id);
    return ok(await meOf(session, owner));
  };

  return {
    async ownerWhoAmI(_input, context) {
      const found = asking(context);
      const me = found.ok ? await meOf(found.value.session, found.value.owner) : null;
      return ok({ me, road: signIn.road });
    },
    ownerAskLink: ({ body }, { web }) => signIn.ask(body.email, body.language, web.address),
    ownerLookLink: ({ body }, { web }) => signIn.look(body.token, web.address),
    ownerAnswerLink: ({ body }, { web }) => signIn.answerChange(body.token, body.isRight, web.address),
    ownerLeave: ({ body }, { web }) => leaving.leave(body.token, web.address),
    async ownerSignIn({ body }, { web }) {
      const done = await signIn.withLink(body.token, body, web.address);
      return done.ok ? enter(done.value, web) : done;
    },
    async ownerSignOut({ query }, context) {
      const found = asking(context);
      context.web.setCookie({ name: ownerCookie, value: '', maxAgeS: 0 });
      if (found.ok && query.everywhere === '1') await sessions.endAllOf(found.value.owner.id);
      else if (found.ok) await sessions.end(found.value.session.id);
      return ok(undefined);
    },
    ownerPasskeySignInOptions: (_input, { web }) => passkeys.signInOptions(web.origin, placeOf(web.address)),
    async ownerPasskeySignIn({ body }, { web }) {
      const attempt = tries.begin(`owner-passkey:${placeOf(web.address)}`);
      if (!attempt.ok) return refuse(attempt.problem);
      const owner = await passkeys.provenBy(body, web.origin).catch(() => null);
      if (owner === null) {
        attempt.wrong();
        return refuse(problem('unauthenticated', 'This passkey is not known here. Ask for a link instead.'));
      }
      attempt.right();
      return enter(await signIn.begin(owner), web);
    },

    async ownerUpdateMe({ body }, context) {
      const found = asking(context);
      if (!found.ok) return found;
      const { session, owner } = found.value;
      const done = await owners.update(owner.id, patchOf(body), null, context.by);
      return done.ok ? ok(await meOf(session, done.value)) : done;
    },
    ownerAskLeave(_input, context) {
      const found = asking(context);
      return found.ok ? leaving.ask(found.value.owner.id) : found;
    },
    async ownerBeginPasskey(_input, context) {
      const found = freshly(context);
      return found.ok ? passkeys.begin(found.value.owner, context.web.origin) : found;
    },
    async ownerAddPasskey({ body }, context) {
      const found = freshly(context);
      return found.ok ? passkeys.add(found.value.owner.id, body, context.web.origin) : found;
    },
    async ownerRemovePasskey({ params }, context) {
      const found = asking(context);
      return found.ok ? passkeys.remove(found.value.owner.id, params.passkey) : found;
    },

    listOwners({ query: { q, cursor, limit } }) {
      const words = q?.trim().toLowerCase() ?? '';
      const found = owners
        .list()
        .filter(({ name, email }) => name.toLowerCase().includes(words) || email.includes(words));
      const from = cursor === undefined ? 0 : found.findIndex(({ id }) => id === cursor) + 1;
      const items = found.slice(from, from + limit);
      return ok({ items, next: from + limit < found.length ? (items.at(-1)?.id ?? null) : null });
    },
    createOwner: ({ body }, { by, key }) => owners.create(body, { by, key }),
    getOwner({ params }) {
      const owner = owners.get(params.owner);
      return owner ? ok(owner) : refuse(noOwner(params.owner));
    },
    updateOwner: ({ params, body }, { base, by }) => owners.update(params.owner, patchOf(body), base, by),
    async renewOwnerKeys(_input, { by }) {
      return ok({ sealed: await parts.renewKeys(by) });
    },
  };
}

/** Without what was not given. */
const patchOf = <T extends object>(body: T) =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

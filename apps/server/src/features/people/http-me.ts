import { problem } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';
import type { Authenticators } from './authenticators.ts';
import type { Guards } from './guards.ts';
import { badPassword } from './http-session.ts';
import { newPassword } from './new-password.ts';
import type { Passwords } from './passwords.ts';
import type { PeopleService } from './people-service.ts';
import type { EntranceRefusals, PeopleRecord } from './ports.ts';
import { sessionView } from './present.ts';
import type { ProviderService } from './provider-service.ts';
import type { ProviderFlow } from './providers-flow.ts';
import { faultOfPassword, faultOfPin } from './rules.ts';
import type { SessionService } from './session-service.ts';
import { settled, type Tries } from '../../platform/tries.ts';
import type { Workstations } from './workstations.ts';

interface MyRouteParts {
  db: Database;
  record: PeopleRecord;
  people: PeopleService;
  sessions: SessionService;
  authenticators: Authenticators;
  workstations: Workstations;
  passwords: Passwords;
  tries: Tries;
  refusals: EntranceRefusals;
  providers: ProviderService;
  flow: ProviderFlow;
  guards: Guards;
}

const demoStays = problem(
  'forbidden',
  'Demo accounts are for everybody at this machine, so they stay as they are.',
);
const noWorkstation = problem(
  'unprocessable',
  'A PIN belongs to a workstation. Sign in fully at this browser first.',
);

/** What belongs to whoever asks, over REST. */
export function myRoutes(parts: MyRouteParts): RouteHandlers {
  return {
    ...mySessionRoutes(parts),
    ...myPasswordRoutes(parts),
    ...myAuthenticatorRoutes(parts),
    ...myProviderRoutes(parts),
  };
}

function mySessionRoutes({ sessions, workstations, guards }: MyRouteParts): RouteHandlers {
  return {
    listMySessions: (_input, context) => {
      const asking = guards.signedIn(context);
      if (!asking.ok) return asking;
      const { person, session } = asking.value;
      return ok({ items: sessions.listOf(person.id).map((one) => sessionView(one, session.id)) });
    },
    // Ending is always allowed, also while locked: it only takes away.
    endMySession: async ({ params }, context) => {
      const asking = guards.signedIn(context);
      if (!asking.ok) return asking;
      const { person, by } = asking.value;
      if (sessions.get(params.session)?.person !== person.id)
        return refuse(problem('not-found', 'You have no such session.'));
      await sessions.end(params.session, 'ended', by);
      return ok(undefined);
    },
    endMySessions: async (_input, context) => {
      const asking = guards.signedIn(context);
      if (!asking.ok) return asking;
      const { person, by } = asking.value;
      await sessions.endAllOf(person.id, 'ended', by, workstations.closing(person.id, null));
      return ok(undefined);
    },
  };
}

function myPasswordRoutes({
  db,
  record,
  people,
  sessions,
  passwords,
  tries,
  refusals,
  workstations,
  guards,
}: MyRouteParts): RouteHandlers {
  return {
    changeMyPassword: async ({ body }, context) => {
      const asking = guards.acting(context);
      if (!asking.ok) return asking;
      const { person, session, by } = asking.value;
      if (person.demo) return refuse(demoStays);
      const fault = faultOfPassword(body.next, [person.login, person.name]);
      if (fault !== null) return refuse(badPassword(fault, '/next'));
      const refused = (what: string) =>
        refusals.entrance({
          ...{ actor: by, subject: `person:${person.id}`, what, of: 'present-password' },
          address: context.web.address,
        });
      const attempt = tries.begin(`change:${person.id}`);
      if (!attempt.ok) {
        refused('blocked');
        return refuse(attempt.problem);
      }
      const stored = await people.passwordOf(person.id);
      if (!(await settled(attempt, () => passwords.matches(stored, body.current)))) {
        refused('password-change');
        return refuse(badPassword('The present password is not right.', '/current'));
      }
      const hash = await passwords.hash(body.next);
      const wanted = { person: person.id, hash, by, keep: session.id, pins: 'closed' } as const;
      const done = await newPassword({ people, sessions, workstations }, wanted);
      return done.ok ? ok(undefined) : done;
    },
    setMyPin: async ({ body }, context) => {
      const asking = guards.confirmed(context);
      if (!asking.ok) return asking;
      const { person, session, by } = asking.value;
      const { workstation } = session;
      if (workstation === null) return refuse(noWorkstation);
      const fault = faultOfPin(body.pin);
      if (fault !== null) return refuse(badPassword(fault, '/pin'));
      const pin = await passwords.hash(body.pin);
      await db.transaction().execute(async (write) => {
        await workstations.setPin(write, workstation, person.id, pin);
        await record.append(write, {
          kind: 'authenticator-added',
          actor: by,
          subject: `person:${person.id}`,
          detail: { what: 'pin', workstation },
        });
      });
      return ok(undefined);
    },
    removeMyPin: async (_input, context) => {
      const asking = guards.acting(context);
      if (!asking.ok) return asking;
      const { person, session, by } = asking.value;
      const { workstation } = session;
      if (workstation === null) return refuse(noWorkstation);
      await db.transaction().execute(async (write) => {
        await workstations.setPin(write, workstation, person.id, null);
        await record.append(write, {
          kind: 'authenticator-removed',
          actor: by,
          subject: `person:${person.id}`,
          detail: { what: 'pin', workstation },
        });
      });
      return ok(undefined);
    },
  };
}

function myAuthenticatorRoutes(parts: MyRouteParts): RouteHandlers {
  const { authenticators, providers, workstations, sessions, tries, guards } = parts;
  return {
    getMyAuthenticators: async (_input, context) => {
      const asking = guards.signedIn(context);
      if (!asking.ok) return asking;
      const { person, session } = asking.value;
      return ok({
        password: person.hasPassword,
        totp: await authenticators.hasTotp(person.id),
        recoveryCodesLeft: await authenticators.recoveryCodesLeft(person.id),
        passkeys: await authenticators.passkeysOf(person.id),
        providers: await providers.linkedTo(person.id),
        pinHere: workstations.hasPin(session.workstation, person.id),
      });
    },
    beginTotp: (_input, context) => {
      const asking = guards.confirmed(context);
      if (!asking.ok) return asking;
      if (asking.value.person.demo) return refuse(demoStays);
      return authenticators.beginTotp(asking.value.person.id, asking.value.person.login);
    },
    confirmTotp: async ({ body }, context) => {
      const asking = guards.confirmed(context);
      if (!asking.ok) return asking;
      const { person, by } = asking.value;
      const attempt = tries.begin(`enrol:${person.id}`);
      if (!attempt.ok) return refuse(attempt.problem);
      const done = await authenticators.confirmTotp(person.id, body.code, by).catch((error: unknown) => {
        attempt.wrong();
        throw error;
      });
      if (!done.ok) {
        attempt.wrong();
        return done;
      }
      attempt.right();
      sessions.changed(person.id);
      return done;
    },
    removeTotp: async (_input, context) => {
      const asking = guards.confirmed(context);
      if (!asking.ok) return asking;
      await authenticators.removeTotp(asking.value.person.id, asking.value.by);
      sessions.changed(asking.value.person.id);
      return ok(undefined);
    },
    renewRecoveryCodes: (_input, context) => {
      const asking = guards.confirmed(context);
      return asking.ok ? authenticators.renewRecoveryCodes(asking.value.person.id, asking.value.by) : asking;
    },
    beginPasskey: (_input, context) => {
      const asking = guards.confirmed(context);
      if (!asking.ok) return asking;
      if (asking.value.person.demo) return refuse(demoStays);
      return authenticators.beginPasskey(asking.value.person, context.web.origin);
    },
    addPasskey: async ({ body }, context) => {
      const asking = guards.confirmed(context);
      if (!asking.ok) return asking;
      const { person, session, by } = asking.value;
      const still = () => sessions.get(session.id) !== undefined;
      const added = await authenticators.addPasskey(person.id, body, context.web.origin, by, still);
      if (added.ok) sessions.changed(person.id);
      return added;
    },
    removePasskey: async ({ params }, context) => {
      const asking = guards.confirmed(context);
      if (!asking.ok) return asking;
      const { person, by } = asking.value;
      const removed = await authenticators.removePasskey(person.id, params.passkey, by);
      if (removed.ok) sessions.changed(person.id);
      return removed;
    },
  };
}

function myProviderRoutes({ providers, flow, guards }: MyRouteParts): RouteHandlers {
  return {
    linkProvider: async ({ params }, context) => {
      const asking = guards.confirmed(context);
      if (!asking.ok) return asking;
      if (asking.value.person.demo) return refuse(demoStays);
      return flow.begin(params.provider, context.web, { linkFor: asking.value.session });
    },
    unlinkProvider: async ({ params }, context) => {
      const asking = guards.confirmed(context);
      if (!asking.ok) return asking;
      const { person, by } = asking.value;
      if (!person.hasPassword)
        return refuse(problem('unprocessable', 'You could not sign in any more. Choose a password first.'));
      return providers.unlink(params.provider, person.id, by);
    },
  };
}

import { problem, type Answer, type Person } from '@clerestory/protocol';
import { newId } from '../../platform/clock.ts';
import { ok, refuse, type RequestContext, type RouteHandlers } from '../../platform/http.ts';
import type { Authenticators } from './authenticators.ts';
import type { Asking, Guards } from './guards.ts';
import { importPeople } from './import.ts';
import type { Links } from './links.ts';
import { noPerson, type PeopleService } from './people-service.ts';
import type { PolicyService } from './policy.ts';
import type { PeopleRecord } from './ports.ts';
import { resetAuthenticators, unlinkProvider } from './rescue.ts';
import { nameOf, sessionView } from './present.ts';
import type { ProviderService } from './provider-service.ts';
import type { SessionService } from './session-service.ts';
import type { Workstations } from './workstations.ts';

interface PeopleRouteParts {
  record: PeopleRecord;
  people: PeopleService;
  sessions: SessionService;
  authenticators: Authenticators;
  workstations: Workstations;
  links: Links;
  policy: PolicyService;
  providers: ProviderService;
  guards: Guards;
}

const matches = (person: Person, words: string[]): boolean => {
  const text = [person.login, person.name, person.email ?? '', ...person.roles, ...person.groups]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
};

/** What administrators do, over REST. */
export function peopleRoutes(parts: PeopleRouteParts): RouteHandlers {
  return { ...registryRoutes(parts), ...rescueRoutes(parts), ...siteRoutes(parts) };
}

function registryRoutes({ people, guards }: PeopleRouteParts): RouteHandlers {
  return {
    listPeople: ({ query }, context) => {
      const asking = guards.overseeing(context);
      if (!asking.ok) return asking;
      const words = (query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
      const after = query.cursor ?? '';
      const found = people.list().filter((person) => person.login > after && matches(person, words));
      const items = found.slice(0, query.limit);
      return ok({ items, next: found.length > items.length ? (items.at(-1)?.login ?? null) : null });
    },
    createPerson: ({ body }, context) => {
      const asking = guards.administrating(context);
      return asking.ok ? people.create(body, asking.value.by, context.key) : asking;
    },
    getPerson: ({ params }, context) => {
      const asking = guards.overseeing(context);
      if (!asking.ok) return asking;
      const person = people.get(params.person);
      return person ? ok(person) : refuse(noPerson);
    },
    updatePerson: ({ params, body }, context) => {
      const asking = guards.administrating(context);
      return asking.ok
        ? people.update(params.person, body, context.base, asking.value.by, context.key)
        : asking;
    },
    importPeople: ({ body }, context) => {
      const asking = guards.administrating(context);
      return asking.ok ? importPeople(body.csv, body.dryRun, people, asking.value.by, newId) : asking;
    },
  };
}

function rescueRoutes(parts: PeopleRouteParts): RouteHandlers {
  const { people, sessions, authenticators, workstations, links, record, providers, guards } = parts;
  const about = (id: string, context: RequestContext): Answer<Asking & { whom: Person }> => {
    const asking = guards.administrating(context);
    if (!asking.ok) return asking;
    const whom = people.get(id);
    return whom ? ok({ ...asking.value, whom }) : refuse(noPerson);
  };
  return {
    makeLink: async ({ params }, context) => {
      const asking = about(params.person, context);
      if (!asking.ok) return asking;
      const { whom, by } = asking.value;
      if (whom.demo || whom.disabled)
        return refuse(
          problem('unprocessable', 'This account is a demo account or disabled. Enable it first.'),
        );
      const { token, expiresAt } = await links.make('password', whom.id, (write) =>
        record.append(write, { kind: 'link-made', actor: by, subject: `person:${whom.id}`, detail: {} }),
      );
      return ok({ url: `${context.web.origin}/#password=${token}`, expiresAt });
    },
    listSessionsOf: ({ params }, context) => {
      const asking = guards.overseeing(context);
      if (!asking.ok) return asking;
      if (!people.get(params.person)) return refuse(noPerson);
      const current = asking.value.session.id;
      return ok({ items: sessions.listOf(params.person).map((one) => sessionView(one, current)) });
    },
    endSessionsOf: async ({ params }, context) => {
      const asking = about(params.person, context);
      if (!asking.ok) return asking;
      const also = workstations.closing(params.person, null);
      await sessions.endAllOf(params.person, 'ended', asking.value.by, also);
      return ok(undefined);
    },
    listSessions: (_input, context) => {
      const asking = guards.overseeing(context);
      if (!asking.ok) return asking;
      const items = sessions.list().flatMap((session) => {
        const whose = people.get(session.person);
        return whose ? [{ ...sessionView(session, asking.value.session.id), person: nameOf(whose) }] : [];
      });
      return ok({ items });
    },
    endSession: async ({ params }, context) => {
      const asking = guards.administrating(context);
      if (!asking.ok) return asking;
      if (!sessions.get(params.session)) return refuse(problem('not-found', 'This session is over already.'));
      await sessions.end(params.session, 'ended', asking.value.by);
      return ok(undefined);
    },
    resetAuthenticators: async ({ params }, context) => {
      const asking = about(params.person, context);
      if (!asking.ok) return asking;
      await resetAuthenticators(parts, params.person, asking.value.by);
      return ok(undefined);
    },
    getAuthenticatorsOf: async ({ params }, context) => {
      const asking = guards.overseeing(context);
      if (!asking.ok) return asking;
      const whom = people.get(params.person);
      if (!whom) return refuse(noPerson);
      return ok({
        password: whom.hasPassword,
        totp: await authenticators.hasTotp(whom.id),
        passkeys: await authenticators.passkeysOf(whom.id),
        providers: await providers.linkedTo(whom.id),
      });
    },
    unlinkProviderOf: async ({ params }, context) => {
      const asking = about(params.person, context);
      if (!asking.ok) return asking;
      return unlinkProvider(parts, params.provider, params.person, asking.value.by);
    },
  };
}

/**
 * Where a second factor is asked for from now on, whoever has a passkey for it signs in anew with that. (Who has none
 * keeps the session and holds no role in it.)
 */
async function endPasswordAlone(
  { policy, people, sessions, authenticators }: PeopleRouteParts,
  asking: Asking,
): Promise<void> {
  const theirs = people
    .list()
    .filter((person) => policy.asksOf(person) && authenticators.hasPasskeyOnly(person.id))
    .flatMap(({ id }) => sessions.listOf(id))
    .filter(({ id, method }) => id !== asking.session.id && method !== 'passkey' && method !== 'provider');
  await sessions.endSeveral(
    theirs.map(({ id }) => id),
    'authenticators-reset',
    asking.by,
  );
}

function siteRoutes(parts: PeopleRouteParts): RouteHandlers {
  const { policy, providers, people, sessions, guards } = parts;
  return {
    getPeoplePolicy: (_input, context) => {
      const asking = guards.overseeing(context);
      return asking.ok ? ok(policy.get()) : asking;
    },
    setPeoplePolicy: async ({ body }, context) => {
      const asking = guards.administrating(context);
      if (!asking.ok) return asking;
      const set = await policy.set(body, asking.value.by);
      await endPasswordAlone(parts, asking.value);
      for (const { id } of people.list()) sessions.changed(id);
      return ok(set);
    },
    listProviders: (_input, context) => {
      const asking = guards.overseeing(context);
      return asking.ok ? ok({ items: providers.list() }) : asking;
    },
    createProvider: ({ body }, context) => {
      const asking = guards.administrating(context);
      return asking.ok ? providers.create(body, asking.value.by) : asking;
    },
    updateProvider: ({ params, body }, context) => {
      const asking = guards.administrating(context);
      return asking.ok ? providers.update(params.provider, body, context.base, asking.value.by) : asking;
    },
    deleteProvider: ({ params }, context) => {
      const asking = guards.administrating(context);
      return asking.ok ? providers.remove(params.provider, asking.value.by) : asking;
    },
  };
}

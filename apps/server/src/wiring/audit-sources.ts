import type { AccessRule, Camera, CameraGroup, HealthState, Right, Role } from '@clerestory/protocol';

/** Rights as they were at some time, in the form that the auditor's feature has them. */
interface RulesThen {
  rules: { effect: string; party: string; rights: string[]; group: string | null }[];
  groupsOf(camera: string): ReadonlySet<string>;
}

type Decide = (
  subject: { kind: 'person'; id: string; roles: readonly Role[]; groups: readonly string[]; locked: boolean },
  right: Right,
  camera: string,
  policy: { rules: readonly AccessRule[]; groupsOf(camera: string): ReadonlySet<string> },
) => { ok: boolean };

export interface AuditParties {
  access: {
    rights: { rules(): readonly AccessRule[]; groups(): CameraGroup[] };
    views: { running(): string[] };
  };
  people: {
    people: {
      get(id: string): { name: string } | undefined;
      list(): {
        id: string;
        roles: readonly string[];
        groups: readonly string[];
        disabled: boolean;
        createdAt: number;
      }[];
    };
  };
  cameras: { get(id: string): Camera | undefined };
  walls: { ofScreen(screen: string): { screens: { id: string; name: string }[] } | undefined };
  decide: Decide;
}

const split = (name: string): [string, string] => {
  const at = name.indexOf(':');
  return [name.slice(0, at), name.slice(at + 1)];
};

/** What the auditor's feature asks of people, rights and cameras. */
export function auditSources({ access, people, cameras, walls, decide }: AuditParties) {
  return {
    rightsNow: () => ({
      rules: access.rights.rules().map(({ id, effect, party, rights, group, createdAt }) => ({
        ...{ id, effect, party: `${party.kind}:${party.id}`, rights: [...rights], group, createdAt },
      })),
      groups: access.rights.groups().map(({ id, cameras: members }) => ({ id, cameras: [...members] })),
      persons: people.people.list().map(({ id, roles, groups, disabled, createdAt }) => ({
        ...{ id, roles: [...roles], groups: [...groups], disabled, createdAt },
      })),
    }),
    mayLive(
      person: { id: string; roles: string[]; groups: string[] },
      camera: string,
      then: RulesThen,
    ): boolean {
      const rules = then.rules.map(({ effect, party, rights, group }, index) => {
        const [kind, id] = split(party);
        return { id: String(index), effect, party: { kind, id }, rights, group, createdAt: 0, createdBy: '' };
      });
      const subject = { kind: 'person', ...person, roles: person.roles as Role[], locked: false } as const;
      return decide(subject, 'live', camera, { rules: rules as AccessRule[], groupsOf: then.groupsOf }).ok;
    },
    nameOf(id: string): string | undefined {
      const [kind, rest] = split(id);
      if (kind === 'person') return people.people.get(rest)?.name;
      if (kind === 'screen') return walls.ofScreen(rest)?.screens.find((one) => one.id === rest)?.name;
      return kind === 'camera' ? cameras.get(rest)?.name : undefined;
    },
    runningViews: () => access.views.running(),
  };
}

/** Cameras as the daily count of the public log needs them: no id, no name. */
export function camerasNow(
  cameras: { list(): Camera[] },
  health: { of(camera: string): { state: HealthState } },
): { tier: string; consent: string | null; works: boolean | null }[] {
  return cameras.list().map(({ id, tier, visibility, consent }) => {
    const { state } = health.of(id);
    return {
      tier: visibility === 'private' ? `private ${tier}` : 'public',
      consent: consent?.state ?? null,
      works: state === 'idle' ? null : state === 'online' || state === 'degraded',
    };
  });
}

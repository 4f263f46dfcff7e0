import type { AccessRule, AccessRuleInput, Right, Role } from '@clerestory/protocol';

/** Whose right is in question. */
export type Subject =
  | {
      kind: 'person';
      id: string;
      roles: readonly Role[];
      /** Groups of people. */
      groups: readonly string[];
      locked: boolean;
    }
  | {
      kind: 'screen';
      id: string;
      wall: string;
      /** Cameras on its tiles now. */
      showing: ReadonlySet<string>;
    }
  | { kind: 'anonymous' };

export interface Policy {
  rules: readonly AccessRule[];
  /** Groups that a camera is in now. */
  groupsOf(camera: string): ReadonlySet<string>;
}

/** `hidden`: the camera does not exist for one. `denied`: it does, but this is not one's right. */
export type Decision = { ok: true } | { ok: false; because: 'hidden' | 'denied' | 'locked' };

const yes: Decision = { ok: true };
const no = (because: 'hidden' | 'denied' | 'locked'): Decision => ({ ok: false, because });

const acting: ReadonlySet<Right> = new Set(['replay', 'ptz', 'arrange', 'export']);
const ofScreens: ReadonlySet<Right> = new Set(['see', 'live']);
/** Roles that look at the registry and at nothing else. */
const onlySee: ReadonlySet<Role> = new Set(['administrator', 'auditor']);

/** R10 */
function speaksTo({ party }: AccessRule, subject: Subject): boolean {
  switch (subject.kind) {
    case 'anonymous':
      return false;
    case 'screen':
      return (
        (party.kind === 'screen' && party.id === subject.id) ||
        (party.kind === 'wall' && (party.id === subject.wall || party.id === '*'))
      );
    case 'person':
      return (
        (party.kind === 'role' && subject.roles.includes(party.id)) ||
        (party.kind === 'person' && party.id === subject.id) ||
        (party.kind === 'people' && subject.groups.includes(party.id))
      );
  }
}

/** R1 R2 R9 */
function ruled(speaking: readonly AccessRule[], right: Right, groups: ReadonlySet<string>): boolean {
  const found = speaking.filter(
    ({ rights, group }) => rights.includes(right) && (group === null || groups.has(group)),
  );
  return found.some(({ effect }) => effect === 'allow') && !found.some(({ effect }) => effect === 'deny');
}

/** R4 R5 R7: rights that the kind of subject can have at all. */
function within(subject: Subject, right: Right): boolean {
  if (subject.kind === 'screen') return ofScreens.has(right);
  return subject.kind === 'person' && (right === 'see' || !subject.roles.some((role) => onlySee.has(role)));
}

/** All questions about one subject at one time; the rules that speak to it are looked up once. */
export function rightsOf(subject: Subject, policy: Policy): (right: Right, camera: string) => Decision {
  const speaking = policy.rules.filter((rule) => speaksTo(rule, subject));
  const isLocked = subject.kind === 'person' && subject.locked;
  return (right, camera) => {
    const groups = policy.groupsOf(camera);
    if (!ruled(speaking, 'see', groups)) return no('hidden'); // R3
    if (subject.kind === 'screen' && !subject.showing.has(camera)) return no('hidden'); // R8
    if (!within(subject, right)) return no('denied');
    if (right !== 'see' && !ruled(speaking, right, groups)) return no('denied');
    if (isLocked && acting.has(right)) return no('locked'); // R6
    return yes;
  };
}

/** One question. */
export const decide = (subject: Subject, right: Right, camera: string, policy: Policy): Decision =>
  rightsOf(subject, policy)(right, camera);

/** Rights that one has on some camera at least, whatever cameras there are: for what a page offers. */
export function rightsSomewhere(subject: Subject, policy: Policy): Right[] {
  const everywhere = policy.rules.filter((rule) => speaksTo(rule, subject));
  const all: readonly Right[] = ['see', 'live', 'replay', 'ptz', 'arrange', 'export'];
  return all.filter(
    (right) =>
      within(subject, right) &&
      everywhere.some(({ effect, rights }) => effect === 'allow' && rights.includes(right)) &&
      !everywhere.some(
        ({ effect, rights, group }) => effect === 'deny' && group === null && rights.includes(right),
      ),
  );
}

/** What a new store begins with. */
export const defaultRules: readonly AccessRuleInput[] = [
  {
    effect: 'allow',
    party: { kind: 'role', id: 'operator' },
    rights: ['see', 'live', 'ptz', 'arrange'],
    group: null,
  },
  ...(['supervisor', 'investigator'] as const).map((id): AccessRuleInput => ({
    effect: 'allow',
    party: { kind: 'role', id },
    rights: ['see', 'live', 'replay', 'ptz', 'arrange', 'export'],
    group: null,
  })),
  ...(['auditor', 'administrator'] as const).map((id): AccessRuleInput => ({
    effect: 'allow',
    party: { kind: 'role', id },
    rights: ['see'],
    group: null,
  })),
  { effect: 'allow', party: { kind: 'wall', id: '*' }, rights: ['see', 'live'], group: null },
];

import { missingMasks, problem, type Answer, type Masks, type Role } from '@clerestory/protocol';

/**
 * Whether somebody may change a camera's masks to `after`. Who watches may hide more of the street, and never uncover what
 * is hidden: that is for administrators, who see no pictures. Pure.
 */
export function mayMask(roles: readonly Role[], before: Masks, after: Masks): Answer<void> {
  if (roles.includes('administrator') || missingMasks(before, after).length === 0)
    return { ok: true, value: undefined };
  return {
    ok: false,
    problem: problem(
      'forbidden',
      'You may add areas. To move or remove one that is there, ask an administrator.',
    ),
  };
}

/** What the record says of a change. The places themselves go with it, so that what was hidden when can be told later. */
export function changeOf(before: Masks, after: Masks) {
  return {
    areas: after.length,
    areasAdded: missingMasks(after, before).length,
    areasRemoved: missingMasks(before, after).length,
    /** One text an area: `x y, x y, …`, shares of width and height. */
    places: after.map((mask) => mask.map(([x, y]) => `${short(x)} ${short(y)}`).join(',')),
  };
}

/** A text of the record's lists has at most 200 characters: 24 corners of 8 fit. */
const short = (share: number): string => String(Math.round(share * 100));

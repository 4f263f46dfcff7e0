/** A session of an owner lives this long at most. */
export const sessionMs = 12 * 60 * 60_000;
/** For so long after signing in, an owner may give more; taking away needs nothing but the session. */
export const freshMs = 30 * 60_000;

/**
 * `sign-in` for who is known, `sign-up` for who is not yet, `invitation` goes out with a camera to say yes or no to,
 * `address-changed` to the address of before when the agency has entered another, `leave` to who wants to.
 */
export type OwnerLinkKind = 'sign-in' | 'sign-up' | 'invitation' | 'address-changed' | 'leave';

/** For so long whoever reads the address of before can undo that the agency changed it, ms. */
export const holdMs = 14 * 24 * 60 * 60_000;

/** How long each kind of link is good, ms. */
export const linkMs: Record<OwnerLinkKind, number> = {
  'sign-in': 30 * 60_000,
  'sign-up': 30 * 60_000,
  invitation: 14 * 24 * 60 * 60_000,
  'address-changed': holdMs,
  leave: 30 * 60_000,
};

/** Links one address may ask for: three at once, then one in five minutes. */
export const perAddress = { perSecond: 1 / 300, burst: 3 };
/** Letters with links, waiting; beyond it the server says so to everybody alike. */
export const maxWaiting = 200;
/** Owners the registry holds. */
export const maxOwners = 50_000;

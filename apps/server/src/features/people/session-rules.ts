/** A session lives this long at most, whatever happens. */
export const sessionMs = 12 * 60 * 60_000;
/** Without a person at it, what may act locks. */
export const idleMs = 30 * 60_000;
/** For so long after a password or passkey, authenticators may be changed. */
export const confirmedMs = 15 * 60_000;

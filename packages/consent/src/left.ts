import type { Consent } from '@clerestory/protocol';

/**
 * C28: of the newest version of each owner of a camera those that count. That one of them has left opens nothing: it stays
 * revoked until each of the others has spoken anew.
 */
export function wordsThatCount(
  newest: readonly Consent[],
  hasLeft: (owner: string) => boolean,
): readonly Consent[] {
  const others = newest.filter(({ owner }) => !hasLeft(owner));
  const isAnswered = (last: Consent) =>
    others.length > 0 && others.every(({ version }) => version > last.version);
  return newest.flatMap((one) => {
    if (!hasLeft(one.owner)) return [one];
    return isAnswered(one) ? [] : [{ ...one, status: 'revoked' as const }];
  });
}

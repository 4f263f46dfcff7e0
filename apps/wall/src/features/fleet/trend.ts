/** Points with nothing known on either side, to which no line leads; null where there are none. */
export function lonePoints(shares: readonly (number | null | undefined)[]): number[] | null {
  const isKnown = (at: number) => (shares[at] ?? null) !== null;
  const lone = [...shares.keys()].filter((at) => isKnown(at) && !isKnown(at - 1) && !isKnown(at + 1));
  return lone.length > 0 ? lone : null;
}

import { consentStateOf, distanceM } from '@clerestory/consent';
import type { Camera, Consent, ConsentState, Role } from '@clerestory/protocol';

/** A public camera farther from the middle of an area says nothing of its district, metres. */
const districtM = 2_000;

/** Whose owner is asked for footage: who never agreed to anything, or does not any more, is left alone. */
const notLent: ReadonlySet<ConsentState> = new Set<ConsentState>(['pending', 'revoked', 'expired']);

export interface FootageSources {
  cameras: { get(camera: string): Camera | undefined; list(): Camera[] };
  consents: { of(camera: string): readonly Consent[] };
  clock: { nowMs(): number };
}

interface Placed {
  latitude: number;
  longitude: number;
}
const placeOf = ({ latitude, longitude }: Camera): Placed | null =>
  latitude === null || longitude === null ? null : { latitude, longitude };

/** Whoever is not, or has no account any more, has no request open. */
export const isInvestigator = (person: { roles: readonly Role[]; disabled: boolean } | undefined): boolean =>
  person !== undefined && !person.disabled && person.roles.includes('investigator');

/** What requests for footage ask of cameras and consents. */
export function footageSources({ cameras, consents, clock }: FootageSources) {
  return {
    /** One for each owner who lends the camera. */
    lent: () =>
      cameras.list().flatMap((camera) => {
        const place = placeOf(camera);
        if (camera.visibility !== 'private' || place === null) return [];
        const nowMs = clock.nowMs();
        return consents
          .of(camera.id)
          .filter((consent) => !notLent.has(consentStateOf(consent, nowMs)))
          .map(({ owner }) => ({
            ...{ camera: camera.id, name: camera.name, place: camera.place, owner },
            ...place,
          }));
      }),
    nameOf: (camera: string) => cameras.get(camera),
    /** From public cameras alone, which says nothing of a private one. */
    districtAt(area: Placed): string {
      const near = cameras
        .list()
        .flatMap((camera) => {
          const place = placeOf(camera);
          if (camera.visibility !== 'public' || camera.neighbourhood === '' || place === null) return [];
          return [{ district: camera.neighbourhood, m: distanceM(area, place) }];
        })
        .sort((a, b) => a.m - b.m)[0];
      return near && near.m <= districtM ? near.district : '';
    },
  };
}

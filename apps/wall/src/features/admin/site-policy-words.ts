import type { PlaceKind, PolicyPreset, SitePolicy } from '@clerestory/protocol';

/** Presets lean on what was enacted there; whether they meet the law is for the site to say. */
export const presetWords: Readonly<Record<PolicyPreset, readonly [name: string, text: string]>> = {
  clerestory: [
    'Clerestory',
    'No live video from homes; incidents within 1 km; a second person where one opened the incident oneself.',
  ],
  nashville: ['Nashville', 'As Clerestory, and nothing opens without an incident (after BL2025-690).'],
  'san-francisco': [
    'San Francisco',
    'A supervisor approves each access; what cannot wait, for 24 hours at most (after Administrative Code 19B).',
  ],
  seattle: [
    'Seattle',
    'No homes, health or worship; incidents within 500 m; each access approved; 5 days kept (after Ordinance 127111).',
  ],
  custom: ['Our own', 'The switches below, as this site has set them.'],
};

export const placeWords: Readonly<Record<PlaceKind, string>> = {
  street: 'streets',
  transit: 'stations and stops',
  park: 'parks',
  'public-building': 'public buildings',
  shop: 'shops',
  business: 'other businesses',
  school: 'schools',
  health: 'clinics and practices',
  worship: 'places of worship',
  residential: 'homes',
  other: 'other places',
};

export const approvalWords: Readonly<Record<SitePolicy['approval'], string>> = {
  never: 'Nobody’s: the asker’s purpose is enough',
  'own-incident': 'A second person’s, where the asker opened the incident',
  always: 'A second person’s, each time',
};

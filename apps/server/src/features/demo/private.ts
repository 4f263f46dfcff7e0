import { city } from '@clerestory/demo-city';
import {
  CameraInput,
  ConsentTerms,
  type Answer,
  type Camera,
  type Consent,
  type ConsentChange,
  type ConsentTermsInput,
  type Incident,
  type IncidentInput,
  type IncidentSource,
  type OwnerInput,
} from '@clerestory/protocol';

/** What seeding needs of consent and incidents. */
export interface PrivateTargets {
  owners: { seed(id: string, input: OwnerInput): Promise<Answer<void>> };
  cameras: { create(input: CameraInput, key: string): Promise<Answer<Camera>>; list(): Camera[] };
  consents: {
    ownerChanges(owner: string, camera: string, change: ConsentChange, key: string): Promise<Answer<Consent>>;
  };
  incidents: {
    open(): Incident[];
    begin(input: IncidentInput, by: IncidentSource, key: string): Promise<Answer<Incident>>;
  };
}

interface Lent {
  id: string;
  number: number;
  name: string;
  place: string;
  neighbourhood: string;
  placeKind: Camera['placeKind'];
  /** A scene of the city; null: registered only. */
  scene: string | null;
  near: string;
  owner: string;
  terms: ConsentTermsInput;
  then?: ConsentChange;
}

const daytime = {
  zone: 'Europe/Berlin',
  windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '20:00', until: '06:00' }],
};

/** Cameras that people of the demo city lend, one for each way of consent; their owners' accounts have these ids. */
const lent: readonly Lent[] = [
  {
    ...{ id: 'cafe-arcade', number: 201, name: 'Café in the Arcade', place: 'Exchange Street 12' },
    ...{ neighbourhood: 'Old Town', placeKind: 'shop', scene: 'victoria-arcade', near: 'victoria-arcade' },
    owner: 'owner-cafe',
    terms: { level: 'standing', purposes: ['fire', 'robbery', 'violence'], retentionDays: 7 },
  },
  {
    ...{ id: 'fish-market-yard', number: 202, name: 'Fish Market Yard', place: 'Dock Road, gate 2' },
    ...{
      neighbourhood: 'Harbour',
      placeKind: 'business',
      scene: 'loading-dock',
      near: 'fish-hall-loading-dock',
    },
    owner: 'owner-marina',
    terms: { level: 'incident', purposes: ['robbery', 'fire', 'danger'], radiusM: 400 },
  },
  {
    ...{ id: 'workshop-alley', number: 203, name: 'Ropemaker Workshop', place: 'Ropemaker Alley 3' },
    ...{ neighbourhood: 'Harbour', placeKind: 'business', scene: 'alley', near: 'ropemaker-alley' },
    owner: 'owner-workshop',
    terms: { level: 'scheduled', purposes: ['robbery', 'property'], radiusM: 500, hours: daytime },
  },
  {
    ...{ id: 'school-yard', number: 204, name: 'Ashgrove School Yard', place: 'School Lane 1' },
    ...{
      neighbourhood: 'Northgate Heights',
      placeKind: 'school',
      scene: 'school-gate',
      near: 'ashgrove-school-gate',
    },
    owner: 'owner-school',
    terms: { level: 'on-request', purposes: ['danger', 'fire', 'violence'] },
  },
  {
    ...{ id: 'marina-office', number: 205, name: 'Marina Office', place: 'Quay Street 1' },
    ...{
      neighbourhood: 'Harbour',
      placeKind: 'business',
      scene: 'harbour-bridge',
      near: 'harbour-bridge-north',
    },
    owner: 'owner-marina',
    terms: { level: 'standing', purposes: ['hazard', 'fire'] },
    then: { type: 'pause', until: null },
  },
  {
    ...{ id: 'car-park-kiosk', number: 206, name: 'Car Park Kiosk', place: 'Station Road, deck C' },
    ...{ neighbourhood: 'Station Quarter', placeKind: 'shop', scene: 'car-park', near: 'station-car-park' },
    owner: 'owner-cafe',
    terms: { level: 'incident', purposes: ['robbery'], radiusM: 200 },
    then: { type: 'revoke' },
  },
  {
    ...{ id: 'chapel-rise-12', number: 207, name: 'Chapel Rise 12', place: 'Chapel Rise 12' },
    ...{ neighbourhood: 'Northgate Heights', placeKind: 'residential', scene: null, near: 'northgate-hill' },
    owner: 'owner-workshop',
    terms: { level: 'registered', purposes: [] },
  },
];

/** Who lends them. Nothing is ever sent to these addresses: the name is reserved (RFC 2606). */
export const demoOwners: readonly { id: string; name: string; email: string }[] = [
  { id: 'owner-cafe', name: 'Carla, café', email: 'carla@owners.example' },
  { id: 'owner-marina', name: 'Marek, marina', email: 'marek@owners.example' },
  { id: 'owner-workshop', name: 'Wanda, workshop', email: 'wanda@owners.example' },
  { id: 'owner-school', name: 'Sven, school', email: 'sven@owners.example' },
];

function mustHold<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`the first start could not be prepared: ${answer.problem.detail}`);
}

/** Private cameras of the demo city, what their owners allow, and one open incident near two of them. */
export async function seedDemoPrivate(targets: PrivateTargets): Promise<void> {
  const { owners, cameras, consents, incidents } = targets;
  for (const { id, ...contact } of demoOwners)
    mustHold(await owners.seed(id, { ...contact, phone: null, language: 'en' }));
  const known = new Set(cameras.list().map(({ id }) => id));
  const scenes = city().cameras;
  for (const { near, scene, terms, then, ...camera } of lent) {
    if (known.has(camera.id)) continue;
    const beside = scenes.find(({ id }) => id === near);
    const found = scene === null ? undefined : (scenes.find((one) => one.scene === scene) ?? beside);
    const input = CameraInput.parse({
      ...camera,
      latitude: beside?.latitude ?? null,
      longitude: beside?.longitude ?? null,
      visibility: 'private',
      tier: found ? 'integrated' : 'registered',
      source: found ? { kind: 'demo', scene: found.scene } : { kind: 'none' },
      tags: ['private'],
    });
    mustHold(await cameras.create(input, `seed-lent-${camera.id}`));
    const give = { type: 'give', terms: ConsentTerms.parse(terms) } as const;
    mustHold(await consents.ownerChanges(camera.owner, camera.id, give, `seed-terms-${camera.id}`));
    if (then) mustHold(await consents.ownerChanges(camera.owner, camera.id, then, `seed-then-${camera.id}`));
  }
  const place = scenes.find(({ id }) => id === 'fish-hall-loading-dock');
  if (!place || incidents.open().length > 0) return;
  const desk: IncidentSource = { kind: 'feed', id: 'call-desk', name: 'Call desk (demo)' };
  const { latitude, longitude } = place;
  mustHold(
    await incidents.begin(
      { type: 'robbery', place: 'Dock Road, fish hall', latitude, longitude },
      desk,
      'seed-incident-1',
    ),
  );
}

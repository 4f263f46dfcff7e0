import { randomFrom } from './kit/random.ts';

export type TimeOfDay = 'dawn' | 'morning' | 'day' | 'golden hour' | 'dusk' | 'night';

/** A camera of the demo city, ready to be entered into a registry. */
export interface DemoCamera {
  id: string;
  /** What an operator types to call it up. */
  number: number;
  name: string;
  /** Street and corner. */
  place: string;
  neighbourhood: string;
  /** WGS 84 degrees of a place in mid-ocean: the town does not exist. */
  latitude: number;
  longitude: number;
  /** Name of its scene: see `renderScene`. */
  scene: string;
  tags: string[];
  timeOfDay: TimeOfDay;
  /** Seconds of the day when its loop begins, as burnt into the picture. */
  clockS: number;
}

export interface DemoCity {
  name: string;
  cameras: DemoCamera[];
}

const at = (hours: number, minutes: number, seconds: number) => hours * 3600 + minutes * 60 + seconds;

/** Blocks east and north of the town hall, street by street. */
type Row = readonly [
  scene: string,
  name: string,
  place: string,
  neighbourhood: string,
  east: number,
  north: number,
  timeOfDay: TimeOfDay,
  clockS: number,
  tags: readonly string[],
];

const harbour = 'Harbour';
const oldTown = 'Old Town';
const riverside = 'Riverside';
const station = 'Station Quarter';
const heights = 'Northgate Heights';

/** In the order of the wall: the first sixteen differ most from their neighbours. */
const rows: readonly Row[] = [
  [
    'harbour-bridge',
    'Harbour Bridge North',
    'Quay Street at Bridge Road',
    harbour,
    2,
    -6,
    'golden hour',
    at(6, 42, 10),
    ['bridge', 'river', 'traffic'],
  ],
  [
    'night-crossing',
    'Theatre Crossing',
    'Playhouse Street at Canal Street',
    oldTown,
    -2,
    1,
    'night',
    at(22, 14, 5),
    ['junction', 'traffic lights', 'rain', 'night'],
  ],
  [
    'market-square',
    'Market Square',
    'Cornmarket at Weaver Lane',
    oldTown,
    -1,
    0,
    'day',
    at(11, 23, 40),
    ['market', 'pedestrians', 'rain'],
  ],
  [
    'container-quay',
    'Container Quay',
    'Dock Road, berth 4',
    harbour,
    6,
    -8,
    'day',
    at(14, 8, 12),
    ['port', 'cranes', 'perimeter'],
  ],
  [
    'hill-road',
    'Northgate Hill',
    'Chapel Rise at Upper Road',
    heights,
    -5,
    9,
    'day',
    at(9, 51, 33),
    ['snow', 'traffic', 'slope'],
  ],
  [
    'ring-road',
    'Ring Road Overpass',
    'Ring Road at Mill Bridge',
    station,
    8,
    3,
    'night',
    at(21, 37, 48),
    ['motorway', 'traffic', 'night'],
  ],
  [
    'park-path',
    'Alder Park',
    'Lime Walk at the boathouse',
    riverside,
    -6,
    -2,
    'morning',
    at(8, 12, 26),
    ['park', 'pedestrians'],
  ],
  [
    'skyline',
    'Exchange Tower Roof',
    'Exchange Street 40',
    station,
    4,
    1,
    'dusk',
    at(19, 56, 2),
    ['overview', 'rooftop'],
  ],
  [
    'tram-stop',
    'Cathedral Tram Stop',
    'King Street at Cathedral Close',
    oldTown,
    -2,
    2,
    'golden hour',
    at(17, 31, 18),
    ['tram', 'public transport', 'pedestrians'],
  ],
  [
    'waterfront-fog',
    'Lighthouse Mole',
    'South Mole, mile post 2',
    harbour,
    0,
    -10,
    'dawn',
    at(6, 3, 55),
    ['fog', 'waterfront'],
  ],
  [
    'level-crossing',
    'Mill Lane Crossing',
    'Mill Lane at the railway',
    station,
    9,
    5,
    'golden hour',
    at(18, 22, 44),
    ['railway', 'level crossing', 'safety'],
  ],
  [
    'arcade',
    'Victoria Arcade',
    'Exchange Street to Cornmarket',
    oldTown,
    1,
    1,
    'day',
    at(12, 45, 9),
    ['indoor', 'shopping', 'pedestrians'],
  ],
  [
    'alley',
    'Ropemaker Alley',
    'Ropemaker Alley, rear of Quay Street',
    harbour,
    1,
    -4,
    'night',
    at(2, 17, 31),
    ['alley', 'infrared', 'night'],
  ],
  [
    'fountain-plaza',
    'Fountain Plaza',
    'Civic Centre, south steps',
    oldTown,
    0,
    1,
    'day',
    at(13, 5, 50),
    ['square', 'pedestrians'],
  ],
  [
    'tunnel',
    'River Tunnel West',
    'River Tunnel, bore 1, metre 420',
    riverside,
    -3,
    -6,
    'night',
    at(23, 48, 15),
    ['tunnel', 'traffic'],
  ],
  [
    'car-park',
    'Station Car Park',
    'Station Road, deck C',
    station,
    6,
    4,
    'day',
    at(15, 34, 27),
    ['car park', 'vehicles'],
  ],
  [
    'school-gate',
    'Ashgrove School Gate',
    'Ashgrove Road at School Lane',
    heights,
    -7,
    6,
    'morning',
    at(7, 48, 36),
    ['school', 'pedestrians', 'safety'],
  ],
  [
    'loading-dock',
    'Fish Hall Loading Dock',
    'Dock Road, gate 2',
    harbour,
    5,
    -7,
    'dawn',
    at(4, 55, 20),
    ['delivery', 'vehicles', 'night'],
  ],
  [
    'bus-stop',
    'Central Library Stop',
    'Station Road at Library Street',
    station,
    3,
    3,
    'dusk',
    at(20, 9, 41),
    ['bus', 'public transport', 'rain'],
  ],
  [
    'grand-crossing',
    'King Street Crossing',
    'King Street at Station Road',
    station,
    2,
    2,
    'day',
    at(10, 36, 57),
    ['junction', 'traffic lights', 'pedestrians'],
  ],
];

const firstNumber = 101;
const blockM = 118;
const metresPerDegree = 111_320;

/** The demo city's default seed. */
const defaultSeed = 7;

const idOf = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/**
 * The demo city: twenty cameras in five neighbourhoods. The seed decides where in the ocean the town lies, how its
 * street grid is turned, and where exactly at its corner each camera hangs; cameras and scenes are always the same.
 */
export function city(seed: number = defaultSeed): DemoCity {
  const random = randomFrom(seed);
  const [south, west] = [44.2 + random() * 0.8, -38.9 + random() * 0.8];
  const turn = (random() - 0.5) * 0.5;
  const cameras = rows.map(
    ([scene, name, place, neighbourhood, east, north, timeOfDay, clockS, tags], index) => {
      const x = (east + (random() - 0.5) * 0.16) * blockM;
      const y = (north + (random() - 0.5) * 0.16) * blockM;
      const eastM = x * Math.cos(turn) - y * Math.sin(turn);
      const northM = x * Math.sin(turn) + y * Math.cos(turn);
      const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
      return {
        id: idOf(name),
        number: firstNumber + index,
        name,
        place,
        neighbourhood,
        latitude: round(south + northM / metresPerDegree),
        longitude: round(west + eastM / (metresPerDegree * Math.cos((south * Math.PI) / 180))),
        scene,
        tags: [...tags],
        timeOfDay,
        clockS,
      };
    },
  );
  return { name: 'Port Alder', cameras };
}

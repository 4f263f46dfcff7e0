import { ImportField, type ImportInput, type ImportMapping } from '@clerestory/protocol';

/** How columns are called elsewhere, plainly written; the first that is there is taken. */
const names: Record<ImportField, readonly string[]> = {
  externalId: ['externalid', 'cameraid', 'camid', 'deviceid', 'assetid', 'siteid', 'objectid', 'id', 'uuid'],
  name: ['name', 'cameraname', 'title', 'label', 'description', 'locationname'],
  place: ['place', 'location', 'street', 'intersection', 'crossstreet', 'streetaddress', 'corner'],
  neighbourhood: ['neighbourhood', 'neighborhood', 'district', 'area', 'borough', 'county', 'city', 'region', 'group2', 'group1'], // prettier-ignore
  latitude: ['latitude', 'lat', 'y'],
  longitude: ['longitude', 'lon', 'lng', 'long', 'x'],
  number: ['number', 'cameranumber', 'no', 'nr'],
  url: ['url', 'mainurl', 'streamurl', 'rtspurl', 'rtsp', 'stream', 'main', 'videourl', 'source', 'link', 'imageurl', 'snapshoturl'], // prettier-ignore
  subUrl: ['suburl', 'substream', 'substreamurl', 'sub', 'lowurl'],
  username: ['username', 'user', 'login'],
  password: ['password', 'pass', 'pwd'],
  tags: ['tags', 'tag', 'labels', 'keywords', 'category', 'categories'],
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');

/** Field → column: what was chosen, and for the rest what the names of the columns say. */
export function mappingOf(columns: readonly string[], chosen: ImportInput['mapping']): ImportMapping {
  const mapping: ImportMapping = {};
  const taken = new Set<string>();
  for (const field of ImportField.options) {
    const column = chosen[field];
    if (typeof column !== 'string' || !columns.includes(column)) continue;
    mapping[field] = column;
    taken.add(column);
  }
  const byName = new Map(columns.map((column) => [plain(column), column]));
  for (const field of ImportField.options) {
    if (chosen[field] !== undefined) continue;
    const column = names[field].flatMap((name) => byName.get(name) ?? []).find((one) => !taken.has(one));
    if (column === undefined) continue;
    mapping[field] = column;
    taken.add(column);
  }
  return mapping;
}

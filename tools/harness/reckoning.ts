import { createHash } from 'node:crypto';
import type { CameraAccess, RecordEntry, RecordKind } from '@clerestory/protocol';
import type { Report } from '@clerestory/public-log';

/** A grant as whoever asked was told of it, with what there is to know of its camera. */
export interface Told {
  grant: string;
  request: string;
  person: string;
  camera: string;
  owner: string;
  purpose: string;
  placeKind: string;
  district: string;
  isOwnIncident: boolean;
  isOverride: boolean;
}

/** One notice on one road: `mail` or `webhook`, and the id that each sending of it carries. */
export interface Sending {
  channel: string;
  id: string;
}

/** What six parties say of the same accesses, each from a count of its own. */
export interface Reckoning {
  /** Clients: what they were given, how often they were refused, and what came, bytes by `person camera`. */
  told: readonly Told[];
  refused: number;
  received: ReadonlyMap<string, number>;
  /** Bytes that the gate let through, by the media node's own count since its start. */
  passed: number;
  /** The record, up to the report's checkpoint. */
  entries: readonly RecordEntry[];
  /** Owners: the ends of accesses as they read them. */
  accesses: readonly CameraAccess[];
  /** Notices: how each owner is told, the outbox, and what came to the desk at the other end. */
  roads: ReadonlyMap<string, readonly string[]>;
  outbox: readonly (Sending & { state: string })[];
  desk: readonly Sending[];
  /** The public report. Its cells have to be large enough to be shown. */
  report: Report;
}

/** As often as each, in words. */
function compared(what: string, a: Iterable<string>, b: Iterable<string>, [ofA, ofB]: [string, string]) {
  const counts = new Map<string, number>();
  for (const one of a) counts.set(one, (counts.get(one) ?? 0) + 1);
  for (const one of b) counts.set(one, (counts.get(one) ?? 0) - 1);
  return [...counts]
    .filter(([, count]) => count !== 0)
    .map(([one, count]) => `${what} ${one}: ${Math.abs(count)} more ${count > 0 ? ofA : ofB}`);
}

function sums(rows: Iterable<readonly [string, number]>): Map<string, number> {
  const all = new Map<string, number>();
  for (const [name, count] of rows) all.set(name, (all.get(name) ?? 0) + count);
  return all;
}

function unequal(what: string, a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => (a.get(name) ?? 0) !== (b.get(name) ?? 0))
    .map((name) => `${what} of ${name}: ${a.get(name) ?? 0} and ${b.get(name) ?? 0}`);
}

const add = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0);
const text = ({ detail }: RecordEntry, name: string): string => String(detail[name] ?? '');
const cameraOf = ({ subject }: RecordEntry): string => subject.replace('camera:', '');
const road = ({ channel, id }: Sending): string => `${channel} ${id}`;
/** An owner is told of one asking for one camera once, and each sending carries this. */
const noticeId = ({ owner, request, camera }: Told): string =>
  createHash('sha256').update(`${owner} access:${request}:${camera}`).digest('hex').slice(0, 40);

/** All in which they differ, in words; empty when everybody says the same. */
export function differences(all: Reckoning): string[] {
  const of = (kind: RecordKind) => all.entries.filter((entry) => entry.kind === kind);
  const [given, ended] = [of('grant-given'), of('grant-ended')];
  const [started, stopped] = [of('view-started'), of('view-ended')];
  const [sent, grants] = [of('notice-sent'), all.told.map(({ grant }) => grant)];
  const grantOf = (entry: RecordEntry) => text(entry, 'grant');
  const viewOf = (entry: RecordEntry) => text(entry, 'view');
  const bytesOf = ({ detail }: RecordEntry) => Number(detail['bytes']);
  const givenAt = new Map(given.map((entry) => [grantOf(entry), entry.sequence]));
  const expected = new Set(
    all.told.flatMap((one) =>
      (all.roads.get(one.owner) ?? []).map((channel) => road({ channel, id: noticeId(one) })),
    ),
  );
  return [
    ...compared('grant', grants, given.map(grantOf), ['told', 'recorded']),
    ...compared('end of grant', grants, ended.map(grantOf), ['told', 'recorded']),
    ...compared(
      'access',
      grants,
      all.accesses.map(({ grant }) => grant),
      ['told', 'read by owners'],
    ),
    ...compared('view', started.map(viewOf), stopped.map(viewOf), ['begun', 'ended']),
    ...started
      .filter((entry) => !((givenAt.get(grantOf(entry)) ?? Infinity) < entry.sequence))
      .map((entry) => `view ${viewOf(entry)} began without its grant`),
    // One session each, so that whoever sees a camera by several doors has one view of it for each grant.
    ...compared('view under', grants, started.map(grantOf), ['told', 'recorded']),

    ...unequal(
      'bytes received and recorded',
      all.received,
      sums(
        stopped.map((entry) => [`${entry.actor.replace('person:', '')} ${cameraOf(entry)}`, bytesOf(entry)]),
      ),
    ),
    ...unequal(
      'bytes recorded and read by the owner',
      sums(stopped.map((entry) => [grantOf(entry), bytesOf(entry)])),
      sums(all.accesses.map(({ grant, bytes }) => [grant, bytes])),
    ),
    ...unequal(
      'bytes passed and received',
      new Map([['all', all.passed]]),
      new Map([['all', add(all.received.values())]]),
    ),

    ...compared('notice', expected, all.desk.map(road), ['owed', 'at the desk']),
    ...compared('notice', expected, all.outbox.map(road), ['owed', 'in the outbox']),
    ...all.outbox.filter(({ state }) => state !== 'sent').map((one) => `notice ${road(one)} is ${one.state}`),
    ...compared(
      'entry of a notice about',
      all.told.flatMap((one) =>
        (all.roads.get(one.owner) ?? []).map((by) => `${by} ${one.request} ${one.camera}`),
      ),
      sent.map(
        (entry) =>
          `${text(entry, 'channel')} ${text(entry, 'notice').replace(/^access:|:[^:]*$/g, '')} ${text(entry, 'camera')}`,
      ),
      ['owed', 'recorded'],
    ),

    ...reportDifferences(all, { given, started, stopped, sent, refused: of('grant-refused') }),
  ];
}

/** The report against the clients' own count and against the record, cell by cell. */
function reportDifferences(
  { told, refused, desk, report }: Reckoning,
  record: Record<'given' | 'started' | 'stopped' | 'sent' | 'refused', readonly RecordEntry[]>,
): string[] {
  const cells = (counts: Readonly<Record<string, number | null>>) =>
    new Map(Object.entries(counts).map(([name, count]) => [name, count ?? Number.NaN]));
  // A camera that stands alone of its kind has no district in the public log.
  const counted = (values: readonly string[]) =>
    sums(values.filter((value) => value !== '').map((value) => [value, 1]));
  const seconds = record.stopped.map(({ detail }) => Number(detail['seconds'])).sort((a, b) => a - b);
  const half = seconds.length / 2;
  const median = ((seconds[Math.ceil(half) - 1] ?? 0) + (seconds[Math.floor(half)] ?? 0)) / 2;
  const one = (what: string, said: number | null, ...counts: number[]) =>
    counts
      .filter((count) => count !== said)
      .map((count) => `${what}: the report says ${said}, and it is ${count}`);
  const { accesses, views } = report;
  return [
    ...one('accesses', accesses.total, told.length, record.given.length),
    ...(['purpose', 'placeKind', 'district'] as const).flatMap((by) => [
      ...unequal(
        `report by ${by}, and clients`,
        cells(accesses[by]),
        counted(told.map((given) => given[by])),
      ),
      ...unequal(
        `report by ${by}, and record`,
        cells(accesses[by]),
        counted(record.given.map((given) => text(given, by))),
      ),
    ]),
    ...one('views', views.total, told.length, record.started.length),
    ...one('median seconds', views.medianSeconds, Math.round(median * 10) / 10),
    ...one('refused', report.refused, refused, record.refused.length),
    ...one('own incidents', report.ownIncident, told.filter(({ isOwnIncident }) => isOwnIncident).length),
    ...one('overrides', report.overrides, told.filter(({ isOverride }) => isOverride).length),
    ...one('notices', report.notices, desk.length, record.sent.length),
  ];
}

import type { EntryParts, Plain, PublicEntry } from '@clerestory/public-log';
import type { RecordDetail, RecordEntry, RecordKind } from './record.ts';

/**
 * What the public log says of an entry's details. `shown`: in clear. `apart`: committed one by one, so that an owner or
 * an auditor can be shown one without the others. Everything else is committed too, all of it together.
 *
 * Who acted and on what (`actor`, `subject`) and the exact time are always committed, whatever the kind. Nothing that
 * names a person, a camera, a place smaller than a district, an address or a case may be shown.
 */
export interface Publication {
  shown: readonly string[];
  apart: readonly string[];
}

const nothing: Publication = { shown: [], apart: [] };
const of = (shown: readonly string[], apart: readonly string[] = []): Publication => ({ shown, apart });

/** One row for each kind: a kind without one does not compile. It is for entries to come: see `rowOf`. */
export const publications: Readonly<Record<RecordKind, Publication>> = {
  'sign-in': of(['method']),
  'sign-in-refused': of(['what']),
  'session-ended': of(['reason']),
  'session-locked': of(['reason']),
  'session-unlocked': of(['confirmed']),
  'person-created': of(['roles', 'demo']),
  'person-changed': of(['changed', 'roles', 'disabled']),
  'password-changed': nothing,
  'link-made': nothing,
  'authenticator-added': of(['what']),
  'authenticator-removed': of(['what']),
  'people-policy-changed': nothing,
  'provider-changed': of(['enabled', 'linkByEmail']),
  refused: of(['asked', 'code', 'count']),
  'camera-group-changed': of(['count']),
  'right-added': of(['effect', 'rights'], ['party', 'group']),
  'right-removed': of(['effect', 'rights'], ['party', 'group']),
  'screen-paired': nothing,
  'screen-revoked': nothing,
  'view-started': of(['as', 'stream', 'door', 'purpose', 'placeKind', 'district', 'tier'], ['view', 'grant']),
  'view-ended': of(
    ['seconds', 'reason', 'purpose', 'placeKind', 'district', 'tier'],
    ['view', 'grant', 'bytes'],
  ),
  'player-link-made': nothing,
  'player-link-renewed': nothing,
  'player-link-ended': nothing,
  'record-read': of(['kind', 'limit']),
  'record-verified': of(['ok']),
  'settings-changed': nothing,
  'camera-added': of(['visibility', 'placeKind', 'tier'], ['owner']),
  'camera-changed': of(
    ['fields', 'visibility', 'visibilityBefore', 'placeKind', 'placeKindBefore', 'tier', 'tierBefore'],
    ['owner', 'ownerBefore', 'movedM'],
  ),
  'camera-removed': of(['visibility', 'placeKind', 'tier'], ['owner']),
  'camera-address-freed': nothing,
  'camera-address-handed-on': of([], ['owner']),
  'camera-masks-changed': of(['areas', 'areasAdded', 'areasRemoved'], ['places']),
  'camera-sound-changed': of(['allowed', 'because']),
  'camera-tried': of(['answer']),
  'ptz-taken': nothing,
  'ptz-lost': of(['because']),
  'consent-proposed': of(['level', 'basis'], ['owner', 'version']),
  'consent-changed': of(['status', 'level', 'basis', 'purposes', 'by'], ['owner', 'version']),
  'site-policy-changed': of([
    'preset',
    'off',
    'noLiveFrom',
    'approval',
    'standing',
    'exigentHours',
    'grantMinutes',
  ]),
  'feed-added': of(['types']),
  'feed-removed': nothing,
  'incident-opened': of(['type', 'source'], ['number']),
  'incident-closed': of(['type'], ['number']),
  'grant-asked': of(
    [
      'purpose',
      'kind',
      'viewer',
      'role',
      'waitsFor',
      'selfOpened',
      'override',
      'placeKind',
      'district',
      'tier',
    ],
    ['grant', 'incident', 'consentVersion'],
  ),
  'grant-given': of(
    [
      'purpose',
      'kind',
      'viewer',
      'role',
      'minutes',
      'selfOpened',
      'override',
      'placeKind',
      'district',
      'tier',
    ],
    ['grant', 'incident', 'consentVersion', 'approvedBy'],
  ),
  'grant-refused': of(
    [
      'purpose',
      'kind',
      'viewer',
      'role',
      'rule',
      'code',
      'selfOpened',
      'override',
      'placeKind',
      'district',
      'tier',
    ],
    ['grant', 'incident'],
  ),
  'grant-ended': of(
    ['purpose', 'kind', 'viewer', 'code', 'selfOpened', 'override', 'placeKind', 'district', 'tier'],
    ['grant', 'incident'],
  ),
  'footage-asked': of(['purpose', 'district'], ['case']),
  'footage-moderated': of(['purpose', 'district', 'decision'], ['case']),
  'footage-closed': of(['purpose', 'district', 'because'], ['case']),
  // Written whether or not anybody answered, and without the district: who helped is to be seen by nobody.
  'footage-answers-read': of([], ['case']),
  'screen-ordered': of(['order']),
  'log-begun': of(['origin', 'key']),
  'log-key-changed': of(['before', 'key']),
  'log-begun-anew': of([
    ...['before', 'keysBefore', 'lostSize', 'lostRoot', 'lostUnverified', 'erased', 'origin', 'key', 'why'],
  ]),
  'record-erased': of(['entries', 'from', 'upTo', 'why']),
  'record-exported': of(['entries', 'size']),
  'audit-asked': of(['question']),
  'audit-sampled': of([
    ...['sample', 'fromMs', 'untilMs', 'first', 'last', 'drawnFrom', 'size'],
    ...['seed', 'number', 'checkpoint'],
  ]),
  'audit-finding': of(['sample', 'verdict'], ['entry', 'words']),
  'snapshot-taken': of(['seen', 'stream'], ['snapshot', 'sha256']),
  'moment-marked': nothing,
  // What a console calls its command comes from there, so that it might be any word.
  'command-run': of(['how'], ['command']),
  'cameras-counted': of(['day', 'tiers', 'states', 'uptimePercent']),
  'owner-registered': of(['selfRegistered']),
  'owner-changed': of(['held', 'confirmed', 'restored']),
  'owner-left': nothing,
  'owner-keys-renewed': nothing,
  'notice-sent': of(['channel', 'noticeKind', 'seconds', 'delayed'], ['notice', 'camera']),
  'notice-undelivered': of(['channel', 'noticeKind', 'delayed'], ['notice', 'camera']),
  'notice-delay-asked': of(['hours'], ['delay']),
  'notice-delay-approved': of(['hours'], ['delay']),
  'notice-delay-ended': of(['hours'], ['delay']),
};

/** Longest text that is shown. A longer one is committed, whatever its row says. */
const longestShown = 300;
const sortOf = (name: string): string => name.split(':')[0] ?? '';

function shown(value: RecordDetail[string]): Plain | undefined {
  const texts = [value].flat().filter((one) => typeof one === 'string');
  return texts.every(({ length }) => length <= longestShown) ? value : undefined;
}

const apartPrefix = 'detail.';

/**
 * The row that an entry was published by, as its leaf shows. What is in the log stays as it is, whatever row its kind has
 * since, and has to be opened and compared by the one that it had.
 */
export const rowOf = ({
  public: shownIn,
  committed,
}: Pick<PublicEntry, 'public' | 'committed'>): Publication => ({
  shown: Object.keys(shownIn),
  apart: Object.keys(committed).flatMap((name) =>
    name.startsWith(apartPrefix) ? name.slice(apartPrefix.length) : [],
  ),
});

/** An entry of the record as it goes into the public log. */
export function publish(entry: RecordEntry, row: Publication = publications[entry.kind]): EntryParts {
  const { sequence, at, kind, actor, subject, detail } = entry;
  const clear: Record<string, Plain> = {};
  const hidden: Record<string, RecordDetail[string]> = { actor, subject };
  const rest: RecordDetail = {};
  for (const [name, value] of Object.entries(detail)) {
    const plain = row.shown.includes(name) ? shown(value) : undefined;
    if (plain !== undefined) clear[name] = plain;
    else if (row.apart.includes(name)) hidden[`${apartPrefix}${name}`] = value;
    else rest[name] = value;
  }
  return {
    ...{ sequence, at, kind, by: sortOf(actor), of: sortOf(subject), public: clear },
    hidden: Object.keys(rest).length > 0 ? { ...hidden, rest } : hidden,
  };
}

/** In order; never changed once released. `user_version` counts how many have run. */
export const migrations: readonly string[] = [
  `
  create table cameras (
    id text primary key,
    number integer not null unique,
    name text not null,
    place text not null,
    neighbourhood text not null,
    latitude real,
    longitude real,
    keep text not null,
    tags text not null,
    source text not null,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null
  ) strict;

  create table walls (
    id text primary key,
    name text not null,
    sequence integer not null,
    state text not null,
    created_at integer not null
  ) strict;

  create table wall_commits (
    wall text not null references walls (id),
    sequence integer not null,
    at integer not null,
    by text not null,
    key text not null,
    fingerprint text not null,
    events text not null,
    primary key (wall, sequence),
    unique (wall, key)
  ) strict, without rowid;

  create table health_transitions (
    id integer primary key autoincrement,
    camera text not null,
    from_state text not null,
    to_state text not null,
    reason text not null,
    at integer not null
  ) strict;
  create index health_transitions_by_camera on health_transitions (camera, id);

  create table idempotency_keys (
    key text primary key,
    fingerprint text not null,
    status integer not null,
    answer text not null,
    at integer not null
  ) strict, without rowid;
  create index idempotency_keys_by_age on idempotency_keys (at);

  create table settings (
    name text primary key,
    value text not null
  ) strict, without rowid;
  `,
  `
  create table people (
    id text primary key,
    login text not null unique,
    name text not null,
    email text,
    roles text not null,
    groups text not null,
    disabled integer not null,
    demo integer not null,
    password text,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null
  ) strict;

  create table people_sessions (
    id text primary key,
    token_hash text not null unique,
    person text not null references people (id),
    workstation text,
    method text not null,
    created_at integer not null,
    expires_at integer not null,
    active_at integer not null,
    confirmed_at integer not null,
    locked integer not null,
    address text not null,
    agent text not null
  ) strict;

  create table people_links (
    token_hash text primary key,
    kind text not null,
    person text references people (id),
    created_at integer not null,
    expires_at integer not null
  ) strict, without rowid;

  create table people_totp (
    person text primary key references people (id),
    secret text not null,
    confirmed integer not null,
    last_step integer not null
  ) strict, without rowid;

  create table people_recovery_codes (
    code_hash text primary key,
    person text not null references people (id)
  ) strict, without rowid;
  create index people_recovery_codes_by_person on people_recovery_codes (person);

  create table people_passkeys (
    id text primary key,
    credential text not null unique,
    person text not null references people (id),
    name text not null,
    public_key blob not null,
    counter integer not null,
    transports text not null,
    created_at integer not null,
    last_used_at integer
  ) strict;
  create index people_passkeys_by_person on people_passkeys (person);

  create table people_workstations (
    id text primary key,
    token_hash text not null unique,
    created_at integer not null,
    used_at integer not null
  ) strict;

  create table people_pins (
    workstation text not null references people_workstations (id),
    person text not null references people (id),
    pin text,
    full_until integer not null,
    seen_at integer not null,
    primary key (workstation, person)
  ) strict, without rowid;

  create table people_providers (
    id text primary key,
    settings text not null,
    client_secret text,
    revision integer not null
  ) strict;

  create table people_identities (
    issuer text not null,
    subject text not null,
    person text not null references people (id),
    primary key (issuer, subject)
  ) strict, without rowid;
  create index people_identities_by_person on people_identities (person);
  `,
  `
  create table record_entries (
    sequence integer primary key,
    entry text not null,
    hash text not null,
    at integer generated always as (entry ->> '$.at') virtual,
    kind text generated always as (entry ->> '$.kind') virtual,
    actor text generated always as (entry ->> '$.actor') virtual,
    subject text generated always as (entry ->> '$.subject') virtual
  ) strict;
  create index record_entries_by_kind on record_entries (kind, sequence);
  create index record_entries_by_actor on record_entries (actor, sequence);
  create index record_entries_by_subject on record_entries (subject, sequence);

  create table record_head (
    id integer primary key check (id = 1),
    sequence integer not null,
    hash text not null
  ) strict;
  insert into record_head values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

  create trigger record_in_order before insert on record_entries
  when new.sequence is not (select sequence + 1 from record_head)
  begin select raise(abort, 'the record grows by one at its end'); end;
  create trigger record_moves_head after insert on record_entries
  begin update record_head set sequence = new.sequence, hash = new.hash where id = 1; end;
  create trigger record_keeps_entries before update on record_entries
  begin select raise(abort, 'an entry of the record is never changed'); end;
  create trigger record_keeps_all before delete on record_entries
  begin select raise(abort, 'an entry of the record is never removed'); end;
  create trigger record_head_stays before delete on record_head
  begin select raise(abort, 'the head of the record stays'); end;
  create trigger record_head_follows before update on record_head
  when new.sequence is not old.sequence + 1
    or new.hash is not (select hash from record_entries where sequence = new.sequence)
  begin select raise(abort, 'the head of the record moves with its last entry'); end;

  create table camera_groups (
    id text primary key,
    name text not null,
    revision integer not null
  ) strict;

  create table camera_group_members (
    camera_group text not null references camera_groups (id) on delete cascade,
    camera text not null references cameras (id) on delete cascade,
    primary key (camera_group, camera)
  ) strict, without rowid;
  create index camera_group_members_by_camera on camera_group_members (camera);

  create table access_rules (
    id text primary key,
    effect text not null,
    party_kind text not null,
    party text not null,
    rights text not null,
    camera_group text references camera_groups (id),
    created_at integer not null,
    created_by text not null
  ) strict;

  create table screen_devices (
    id text primary key,
    token_hash text not null unique,
    wall text not null,
    screen text not null,
    name text not null,
    paired_at integer not null,
    paired_by text not null,
    last_seen_at integer
  ) strict;

  create table access_views (
    id text primary key,
    viewer text not null,
    actor text not null,
    camera text not null,
    started_at integer not null,
    seconds real not null,
    bytes integer not null
  ) strict;
  `,
  `
  create table onvif_devices (
    camera text primary key references cameras (id) on delete cascade,
    device text not null
  ) strict;

  create table imported_cameras (
    list text not null,
    external_id text not null,
    camera text not null references cameras (id) on delete cascade,
    fingerprint text not null,
    primary key (list, external_id)
  ) strict, without rowid;
  create index imported_cameras_by_camera on imported_cameras (camera);

  create table ptz_moving (
    camera text primary key references cameras (id) on delete cascade
  ) strict;
  `,
  `
  create table log_leaves (
    sequence integer primary key,
    leaf text not null,
    hash blob not null
  ) strict;

  -- The hashes of the tiles above the leaves: (1, 0) spans the first 256 leaves.
  create table log_subtrees (
    level integer not null,
    position integer not null,
    hash blob not null,
    primary key (level, position)
  ) strict, without rowid;

  create table log_head (
    id integer primary key check (id = 1),
    size integer not null,
    frontier blob not null
  ) strict;
  insert into log_head values (1, 0, x'');

  create table log_salts (
    sequence integer primary key,
    salt blob not null
  ) strict;

  create table log_checkpoints (
    origin text not null,
    size integer not null,
    at integer not null,
    note text not null,
    primary key (origin, size)
  ) strict, without rowid;

  create trigger log_in_order before insert on log_leaves
  when new.sequence is not (select size + 1 from log_head)
    or not exists (select 1 from record_entries where sequence = new.sequence)
  begin select raise(abort, 'the log grows by the entry of the record that is next'); end;
  create trigger log_keeps_leaves before update on log_leaves
  begin select raise(abort, 'a leaf of the log is never changed'); end;
  create trigger log_keeps_all before delete on log_leaves
  begin select raise(abort, 'a leaf of the log is never removed'); end;
  create trigger log_keeps_subtrees before update on log_subtrees
  begin select raise(abort, 'a tile of the log is never changed'); end;
  create trigger log_keeps_every_subtree before delete on log_subtrees
  begin select raise(abort, 'a tile of the log is never removed'); end;
  create trigger log_head_stays before delete on log_head
  begin select raise(abort, 'the head of the log stays'); end;
  create trigger log_head_follows before update on log_head
  when new.size is not old.size + 1 or new.size is not (select max(sequence) from log_leaves)
  begin select raise(abort, 'the head of the log moves with its last leaf'); end;

  -- No entry without its leaf: the one before has to have had its own.
  create trigger log_has_every_entry before insert on record_entries
  when (select size from log_head) is not (select sequence from record_head)
  begin select raise(abort, 'each entry of the record is in the log before the next'); end;

  -- An entry whose personal data have expired becomes its public leaf, and nothing else ever.
  drop trigger record_keeps_entries;
  create trigger record_keeps_entries before update on record_entries
  when new.sequence is not old.sequence or new.hash is not old.hash
    or new.entry is not (select leaf from log_leaves where sequence = old.sequence)
  begin select raise(abort, 'an entry of the record is never changed'); end;
  `,
  `
  alter table cameras add column heading real;
  alter table cameras add column view_angle real;
  alter table cameras add column place_kind text not null default 'street';
  alter table cameras add column visibility text not null default 'public';
  alter table cameras add column tier text not null default 'integrated';
  alter table cameras add column owner text;

  create table consents (
    camera text not null references cameras (id) on delete cascade,
    version integer not null,
    owner text not null,
    status text not null,
    terms text not null,
    basis text not null,
    paused_until integer,
    at integer not null,
    by text not null,
    primary key (camera, version)
  ) strict, without rowid;
  create index consents_by_owner on consents (owner, camera);

  create table incidents (
    id text primary key,
    number integer not null unique,
    type text not null,
    place text not null,
    latitude real not null,
    longitude real not null,
    opened_by_kind text not null,
    opened_by text not null,
    opened_by_name text not null,
    opened_at integer not null,
    closed_at integer,
    closed_by text
  ) strict;

  create table grants (
    id text primary key,
    request text not null,
    camera text not null,
    viewer_kind text not null,
    viewer text not null,
    state text not null,
    grant_json text not null,
    asked_at integer not null,
    ends_uptime_ms real,
    boot text not null,
    seconds real not null,
    bytes integer not null
  ) strict;
  create index grants_by_camera on grants (camera, asked_at, id);
  create index grants_by_state on grants (state);
  `,
  `
  create table owners (
    id text primary key,
    contact blob not null,
    self_registered integer not null,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null
  ) strict;

  create table owner_sessions (
    id text primary key,
    token_hash text not null unique,
    owner text not null references owners (id),
    created_at integer not null,
    expires_at integer not null,
    fresh_until integer not null
  ) strict;

  create table owner_links (
    token_hash text primary key,
    kind text not null,
    owner text references owners (id),
    address blob,
    created_at integer not null,
    expires_at integer not null
  ) strict;
  create index owner_links_by_owner on owner_links (owner);

  create table owner_passkeys (
    id text primary key,
    credential text not null unique,
    owner text not null references owners (id),
    name text not null,
    public_key blob not null,
    counter integer not null,
    transports text not null,
    created_at integer not null,
    last_used_at integer
  ) strict;
  create index owner_passkeys_by_owner on owner_passkeys (owner);
  `,
  `
  create table workstation_walls (
    wall text primary key,
    person text not null,
    workstation text not null,
    used_at integer not null
  ) strict;

  create table console_settings (
    person text primary key,
    settings text not null
  ) strict;

  create table camera_marks (
    id text primary key,
    camera text not null references cameras (id) on delete cascade,
    at real not null,
    note text not null,
    by_actor text not null,
    made_at integer not null
  ) strict;
  create index camera_marks_by_camera on camera_marks (camera, at);
  `,
  `
  create table server_runs (
    id integer primary key autoincrement,
    started_at integer not null,
    alive_at integer not null
  ) strict;

  create table screen_transitions (
    id integer primary key autoincrement,
    screen text not null,
    shown text not null,
    at integer not null
  ) strict;
  create index screen_transitions_by_screen on screen_transitions (screen, id);
  create index screen_transitions_by_time on screen_transitions (at);
  create index health_transitions_by_time on health_transitions (at);
  `,
  `
  alter table access_views add column grant_id text;
  `,
  `
  alter table cameras add column masks text not null default '[]';
  `,
  `
  create table wall_steps (
    wall text not null references walls (id),
    sequence integer not null,
    by text not null,
    action text not null,
    changes text not null,
    primary key (wall, sequence)
  ) strict, without rowid;
  create index wall_steps_by_person on wall_steps (wall, by, sequence);

  alter table wall_commits add column who text;
  alter table camera_groups add column restricted integer not null default 0;
  `,
  `
  create table notices (
    id text not null,
    owner text not null references owners (id),
    kind text not null,
    camera text not null,
    camera_name text not null,
    detail text not null,
    at integer not null,
    primary key (id, owner)
  ) strict, without rowid;

  create table notice_roads (
    id text primary key,
    owner text not null references owners (id),
    address blob not null,
    created_at integer not null
  ) strict;

  create table notice_deliveries (
    id text primary key,
    notice text not null,
    owner text not null,
    channel text not null,
    road text,
    state text not null,
    attempts integer not null,
    next_at integer not null,
    delay text,
    fault text,
    done_at integer,
    foreign key (notice, owner) references notices (id, owner)
  ) strict;
  create index notice_deliveries_due on notice_deliveries (next_at) where state = 'pending';
  create index notice_deliveries_dead on notice_deliveries (done_at) where state = 'dead';
  create index notice_deliveries_of on notice_deliveries (notice, owner);

  create table notice_delays (
    id text primary key,
    camera text not null,
    reason text not null,
    hours integer not null,
    asked_by text not null,
    asked_at integer not null,
    approved_by text,
    until_at integer,
    ended_at integer
  ) strict;
  `,
  `
  create table footage_requests (
    id text primary key,
    number integer not null unique,
    state text not null,
    request text not null,
    told integer not null,
    closed_at integer
  ) strict;
  create index footage_requests_open on footage_requests (number) where state in ('waiting', 'published');

  create table footage_answers (
    id text primary key,
    request text not null references footage_requests (id),
    owner text not null references owners (id),
    cameras text not null,
    reach text not null,
    words blob not null,
    at integer not null,
    unique (request, owner)
  ) strict;
  create index footage_answers_by_owner on footage_answers (owner);

  create table footage_hidden (
    request text not null references footage_requests (id),
    owner text not null references owners (id),
    primary key (request, owner)
  ) strict, without rowid;
  create index footage_hidden_by_owner on footage_hidden (owner);
  `,
  `
  alter table consents add column clock_moved_ms integer not null default 0;
  alter table notice_delays add column until_steady integer;
  update notice_delays set until_steady = until_at;
  `,
  `
  alter table cameras add column sound integer not null default 0
    check (sound = 0 or (sound = 1 and visibility = 'public'));
  `,
  `
  alter table incidents add column clock_moved_ms integer not null default 0;
  `,
  `
  -- An entry becomes its public leaf only while the last entry of the record says that it is being erased.
  drop trigger record_keeps_entries;
  create trigger record_keeps_entries before update on record_entries
  when new.sequence is not old.sequence or new.hash is not old.hash
    or new.entry is not (select leaf from log_leaves where sequence = old.sequence)
    or not exists (
      select 1 from record_entries
      where sequence = (select sequence from record_head) and kind = 'record-erased'
        and old.sequence between entry ->> '$.detail.from' and entry ->> '$.detail.upTo'
    )
  begin select raise(abort, 'an entry of the record is never changed'); end;

  create trigger log_salts_once before insert on log_salts
  when exists (select 1 from log_salts where sequence = new.sequence)
  begin select raise(abort, 'an entry has one salt'); end;
  create trigger log_keeps_salts before update on log_salts
  begin select raise(abort, 'a salt of the log is never changed'); end;
  create trigger log_erases_salts before delete on log_salts
  when (select entry from record_entries where sequence = old.sequence)
    is not (select leaf from log_leaves where sequence = old.sequence)
  begin select raise(abort, 'a salt goes with the words of its entry alone'); end;
  `,
  `
  -- What the log says of itself is read from its leaves at each start, without walking them all.
  create index log_leaves_about_log on log_leaves (sequence)
    where leaf ->> '$.kind' in ('log-begun', 'log-key-changed', 'log-begun-anew', 'record-erased');
  `,
  `
  -- What auditors ask for again and again: a purpose, a view from its beginning to its end, the longest ones. Of what was
  -- erased the public leaf counts.
  alter table record_entries add column purpose text
    generated always as (coalesce(entry ->> '$.detail.purpose', entry ->> '$.public.purpose')) virtual;
  alter table record_entries add column view text generated always as (entry ->> '$.detail.view') virtual;
  alter table record_entries add column lasted_tenths integer generated always as (
    case when entry ->> '$.kind' = 'view-ended' then
      cast(round(10 * coalesce(entry ->> '$.detail.seconds', entry ->> '$.public.seconds')) as integer)
    end
  ) virtual;
  create index record_entries_by_purpose on record_entries (purpose, sequence) where purpose is not null;
  create index record_entries_by_view on record_entries (view, sequence) where view is not null;
  create index record_entries_by_length on record_entries (lasted_tenths, sequence)
    where lasted_tenths is not null;
  `,
  `
  -- What was allowed for a camera stays when the camera is removed: it is its owner's to read.
  create table consents_kept (
    camera text not null,
    version integer not null,
    owner text not null,
    status text not null,
    terms text not null,
    basis text not null,
    paused_until integer,
    at integer not null,
    by text not null,
    clock_moved_ms integer not null default 0,
    primary key (camera, version)
  ) strict, without rowid;
  insert into consents_kept
    select camera, version, owner, status, terms, basis, paused_until, at, by, clock_moved_ms from consents;
  drop table consents;
  alter table consents_kept rename to consents;
  create index consents_by_owner on consents (owner, camera);

  create table removed_cameras (
    id text primary key,
    name text not null,
    place text not null,
    owner text,
    removed_at integer not null
  ) strict;

  -- Salted hashes of addresses that were those of private cameras.
  create table lent_addresses (
    address text not null,
    camera text not null,
    owner text not null,
    primary key (address, camera)
  ) strict, without rowid;
  `,
  `
  -- Owners who were here before are taken for people who read their address.
  alter table owners add column proven integer not null default 1;
  create table owner_address_holds (
    owner text primary key references owners (id),
    address blob not null,
    created_at integer not null,
    expires_at integer not null
  ) strict;
  `,
  `
  -- Why a screen went: one of AwayWhy, or '' where nobody knows.
  alter table screen_transitions add column why text not null default '';
  `,
  `
  create table feeds (
    id text primary key,
    name text not null,
    token_hash text not null unique,
    terms text not null,
    created_at integer not null,
    created_by text not null
  ) strict;
  alter table incidents add column reference text;
  create unique index incidents_by_reference on incidents (opened_by, reference) where reference is not null;
  `,
];

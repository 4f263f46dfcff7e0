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
];

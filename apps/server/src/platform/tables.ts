import type { Generated, GeneratedAlways } from 'kysely';

/** Rows as they lie in the store; JSON columns are text. Times are Unix ms. */
export interface Tables {
  cameras: {
    id: string;
    number: number;
    name: string;
    place: string;
    neighbourhood: string;
    latitude: number | null;
    longitude: number | null;
    keep: string;
    tags: string;
    source: string;
    masks: string;
    sound: Generated<number>;
    heading: Generated<number | null>;
    view_angle: Generated<number | null>;
    place_kind: Generated<string>;
    visibility: Generated<string>;
    tier: Generated<string>;
    owner: Generated<string | null>;
    revision: number;
    created_at: number;
    updated_at: number;
  };
  walls: { id: string; name: string; sequence: number; state: string; created_at: number };
  wall_commits: {
    wall: string;
    sequence: number;
    at: number;
    by: string;
    key: string;
    fingerprint: string;
    events: string;
    who: string | null;
  };
  wall_steps: { wall: string; sequence: number; by: string; action: string; changes: string };
  health_transitions: {
    id: Generated<number>;
    camera: string;
    from_state: string;
    to_state: string;
    reason: string;
    at: number;
  };
  idempotency_keys: { key: string; fingerprint: string; status: number; answer: string; at: number };
  settings: { name: string; value: string };
  people: {
    id: string;
    login: string;
    name: string;
    email: string | null;
    roles: string;
    groups: string;
    disabled: number;
    demo: number;
    password: string | null;
    revision: number;
    created_at: number;
    updated_at: number;
  };
  people_sessions: {
    id: string;
    token_hash: string;
    person: string;
    workstation: string | null;
    method: string;
    created_at: number;
    expires_at: number;
    active_at: number;
    confirmed_at: number;
    locked: number;
    address: string;
    agent: string;
  };
  people_links: {
    token_hash: string;
    kind: string;
    person: string | null;
    created_at: number;
    expires_at: number;
  };
  people_totp: { person: string; secret: string; confirmed: number; last_step: number };
  people_recovery_codes: { code_hash: string; person: string };
  people_passkeys: {
    id: string;
    credential: string;
    person: string;
    name: string;
    public_key: Uint8Array;
    counter: number;
    transports: string;
    created_at: number;
    last_used_at: number | null;
  };
  people_workstations: { id: string; token_hash: string; created_at: number; used_at: number };
  people_pins: {
    workstation: string;
    person: string;
    pin: string | null;
    full_until: number;
    seen_at: number;
  };
  people_providers: { id: string; settings: string; client_secret: string | null; revision: number };
  people_identities: { issuer: string; subject: string; person: string };
  record_entries: {
    sequence: number;
    entry: string;
    hash: string;
    at: GeneratedAlways<number>;
    kind: GeneratedAlways<string>;
    actor: GeneratedAlways<string>;
    subject: GeneratedAlways<string>;
    /** Of an entry that has one; of one that was erased, what its public leaf says. */
    purpose: GeneratedAlways<string | null>;
    view: GeneratedAlways<string | null>;
    /** Of the end of a view, tenths of a second. */
    lasted_tenths: GeneratedAlways<number | null>;
  };
  record_head: { id: number; sequence: number; hash: string };
  log_leaves: { sequence: number; leaf: string; hash: Uint8Array };
  log_subtrees: { level: number; position: number; hash: Uint8Array };
  log_head: { id: number; size: number; frontier: Uint8Array };
  log_salts: { sequence: number; salt: Uint8Array };
  log_checkpoints: { origin: string; size: number; at: number; note: string };
  camera_groups: { id: string; name: string; revision: number; restricted: Generated<number> };
  camera_group_members: { camera_group: string; camera: string };
  access_rules: {
    id: string;
    effect: string;
    party_kind: string;
    party: string;
    rights: string;
    camera_group: string | null;
    created_at: number;
    created_by: string;
  };
  screen_devices: {
    id: string;
    token_hash: string;
    wall: string;
    screen: string;
    name: string;
    paired_at: number;
    paired_by: string;
    last_seen_at: number | null;
  };
  access_views: {
    id: string;
    viewer: string;
    actor: string;
    camera: string;
    started_at: number;
    seconds: number;
    bytes: number;
    grant_id: Generated<string | null>;
  };
  onvif_devices: { camera: string; device: string };
  imported_cameras: { list: string; external_id: string; camera: string; fingerprint: string };
  ptz_moving: { camera: string };
  consents: {
    camera: string;
    version: number;
    owner: string;
    status: string;
    terms: string;
    basis: string;
    paused_until: number | null;
    at: number;
    by: string;
    clock_moved_ms: Generated<number>;
  };
  owner_address_holds: { owner: string; address: Buffer; created_at: number; expires_at: number };
  removed_cameras: { id: string; name: string; place: string; owner: string | null; removed_at: number };
  lent_addresses: { address: string; camera: string; owner: string };
  incidents: {
    id: string;
    number: number;
    type: string;
    place: string;
    latitude: number;
    longitude: number;
    opened_by_kind: string;
    opened_by: string;
    opened_by_name: string;
    opened_at: number;
    closed_at: number | null;
    closed_by: string | null;
    clock_moved_ms: number;
    reference: string | null;
  };
  feeds: {
    id: string;
    name: string;
    token_hash: string;
    terms: string;
    created_at: number;
    created_by: string;
  };
  grants: {
    id: string;
    request: string;
    camera: string;
    viewer_kind: string;
    viewer: string;
    state: string;
    grant_json: string;
    asked_at: number;
    /** Where time of this machine is counted from its own start: see `boot`. */
    ends_uptime_ms: number | null;
    boot: string;
    seconds: number;
    bytes: number;
  };
  owners: {
    id: string;
    contact: Uint8Array;
    self_registered: number;
    proven: Generated<number>;
    revision: number;
    created_at: number;
    updated_at: number;
  };
  owner_sessions: {
    id: string;
    token_hash: string;
    owner: string;
    created_at: number;
    expires_at: number;
    fresh_until: number;
  };
  owner_links: {
    token_hash: string;
    kind: string;
    owner: string | null;
    address: Uint8Array | null;
    created_at: number;
    expires_at: number;
  };
  owner_passkeys: {
    id: string;
    credential: string;
    owner: string;
    name: string;
    public_key: Uint8Array;
    counter: number;
    transports: string;
    created_at: number;
    last_used_at: number | null;
  };
  server_runs: { id: Generated<number>; started_at: number; alive_at: number };
  screen_transitions: { id: Generated<number>; screen: string; shown: string; why: string; at: number };
  workstation_walls: { wall: string; person: string; workstation: string; used_at: number };
  console_settings: { person: string; settings: string };
  camera_marks: {
    id: string;
    camera: string;
    at: number;
    note: string;
    by_actor: string;
    made_at: number;
  };
  notices: {
    id: string;
    owner: string;
    kind: string;
    camera: string;
    camera_name: string;
    detail: string;
    at: number;
  };
  notice_roads: { id: string; owner: string; address: Uint8Array; created_at: number };
  notice_deliveries: {
    id: string;
    notice: string;
    owner: string;
    channel: string;
    road: string | null;
    state: string;
    attempts: number;
    next_at: number;
    delay: string | null;
    fault: string | null;
    done_at: number | null;
  };
  footage_requests: {
    id: string;
    number: number;
    state: string;
    request: string;
    /** 1: the owners in its area were told. */
    told: number;
    closed_at: number | null;
  };
  footage_answers: {
    id: string;
    request: string;
    owner: string;
    cameras: string;
    reach: string;
    words: Uint8Array;
    at: number;
  };
  footage_hidden: { request: string; owner: string };
  notice_delays: {
    id: string;
    camera: string;
    reason: string;
    hours: number;
    asked_by: string;
    asked_at: number;
    approved_by: string | null;
    until_at: number | null;
    until_steady: number | null;
    ended_at: number | null;
  };
}

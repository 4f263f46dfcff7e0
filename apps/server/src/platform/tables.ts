import type { Generated } from 'kysely';

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
  };
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
}

import { Consent, ConsentBasis, ConsentStatus } from '@clerestory/protocol';
import type { Selectable } from 'kysely';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Tables } from '../../platform/tables.ts';

const Terms = Consent.pick({
  level: true,
  purposes: true,
  hours: true,
  radiusM: true,
  expiresAt: true,
  retentionDays: true,
});

/** A version with what the wall clock had been moved by when it was made, ms. */
export interface KeptConsent {
  consent: Consent;
  movedMs: number;
}

const fromRow = (row: Selectable<Tables['consents']>): KeptConsent => ({
  consent: {
    camera: row.camera,
    owner: row.owner,
    version: row.version,
    status: ConsentStatus.parse(row.status),
    ...Terms.parse(JSON.parse(row.terms)),
    basis: ConsentBasis.parse(row.basis),
    pausedUntil: row.paused_until,
    at: row.at,
    by: row.by,
  },
  movedMs: row.clock_moved_ms,
});

/** Versions of consents ↔ rows; a version is never changed. */
export const consentStore = {
  /** Of the cameras that there are. */
  async all(db: Database): Promise<KeptConsent[]> {
    const rows = await db
      .selectFrom('consents')
      .selectAll()
      .where('camera', 'in', (there) => there.selectFrom('cameras').select('id'))
      .orderBy('camera')
      .orderBy('version')
      .execute();
    return rows.map(fromRow);
  },
  /** Cameras that this owner was ever asked about and agreed to, or revoked. */
  async camerasOf(db: Database, owner: string): Promise<string[]> {
    const rows = await db
      .selectFrom('consents')
      .select('camera')
      .distinct()
      .where('owner', '=', owner)
      .where('status', '!=', 'pending')
      .execute();
    return rows.map(({ camera }) => camera);
  },
  /** Newest first. */
  async historyOf(db: Pick<Database, 'selectFrom'>, camera: string): Promise<KeptConsent[]> {
    const rows = await db
      .selectFrom('consents')
      .selectAll()
      .where('camera', '=', camera)
      .orderBy('version', 'desc')
      .limit(500)
      .execute();
    return rows.map(fromRow);
  },
  async add(write: Write, { consent, movedMs }: KeptConsent): Promise<void> {
    const { camera, version, owner, status, basis, pausedUntil, at, by } = consent;
    await write
      .insertInto('consents')
      .values({
        ...{ camera, version, owner, status, basis, at, by },
        paused_until: pausedUntil,
        clock_moved_ms: movedMs,
        terms: JSON.stringify(Terms.parse(consent)),
      })
      .execute();
  },
};

import type { Owner } from '@clerestory/protocol';
import { z } from 'zod';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { KeyRing } from '../../platform/key-ring.ts';

const placeOf = (owner: string) => `owner:${owner}`;

/** Owners ↔ rows; how to reach them is sealed. */
export const ownerStore = {
  async isAnythingSealed(db: Database): Promise<boolean> {
    return (await db.selectFrom('owners').select('id').limit(1).executeTakeFirst()) !== undefined;
  },

  /** Owners who were seen to read the letters to their address. */
  async proven(db: Database): Promise<string[]> {
    const rows = await db.selectFrom('owners').select('id').where('proven', '=', 1).execute();
    return rows.map(({ id }) => id);
  },
  async setProven(write: Write, owner: string, proven: boolean): Promise<void> {
    await write
      .updateTable('owners')
      .set({ proven: Number(proven) })
      .where('id', '=', owner)
      .execute();
  },

  async all(db: Database, ring: KeyRing): Promise<Owner[]> {
    const rows = await db.selectFrom('owners').selectAll().execute();
    return rows.map((row) => ({
      id: row.id,
      ...contactFrom(ring.open(row.contact, placeOf(row.id))),
      selfRegistered: row.self_registered === 1,
      revision: row.revision,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }));
  },

  async insert(write: Write, ring: KeyRing, owner: Owner): Promise<void> {
    await write
      .insertInto('owners')
      .values({
        id: owner.id,
        contact: ring.seal(contactText(owner), placeOf(owner.id)),
        self_registered: Number(owner.selfRegistered),
        proven: Number(owner.selfRegistered),
        revision: owner.revision,
        created_at: owner.createdAt,
        updated_at: owner.updatedAt,
      })
      .execute();
  },

  async update(write: Write, ring: KeyRing, owner: Owner): Promise<void> {
    await write
      .updateTable('owners')
      .set({
        contact: ring.seal(contactText(owner), placeOf(owner.id)),
        revision: owner.revision,
        updated_at: owner.updatedAt,
      })
      .where('id', '=', owner.id)
      .execute();
  },

  /** After everything that names them. */
  async remove(write: Write, owner: string): Promise<void> {
    await write.deleteFrom('owners').where('id', '=', owner).execute();
  },

  /** Seals every contact with the key that seals now. @returns how many were not yet */
  async sealAnew(write: Write, ring: KeyRing): Promise<number> {
    const rows = await write.selectFrom('owners').select(['id', 'contact']).execute();
    const old = rows.filter(({ contact }) => !ring.isCurrent(contact));
    for (const { id, contact } of old)
      await write
        .updateTable('owners')
        .set({ contact: ring.seal(ring.open(contact, placeOf(id)), placeOf(id)) })
        .where('id', '=', id)
        .execute();
    return old.length;
  },
};

const Contact = z.object({
  name: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  language: z.enum(['en', 'es']),
});
const contactText = ({ name, email, phone, language }: Owner) =>
  JSON.stringify({ name, email, phone, language });
const contactFrom = (text: string) => Contact.parse(JSON.parse(text));

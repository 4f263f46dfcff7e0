import type { RecordNote } from '@clerestory/protocol';
import type { AuditParts } from './ports.ts';

type Parts = Pick<AuditParts, 'db' | 'record'>;

/** What of a filter was given, as a detail of the record. */
const given = (filter: object): RecordNote['detail'] =>
  Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined),
  ) as RecordNote['detail'];

const note = ({ db, record }: Parts, of: Pick<RecordNote, 'kind' | 'actor' | 'detail'>): Promise<void> =>
  db.transaction().execute((write) => record.append(write, { ...of, subject: 'record' }));

/** Somebody asks: that is recorded before it is answered. */
export const noteAsked = (parts: Parts, question: string, by: string, filter: object): Promise<void> =>
  note(parts, { kind: 'audit-asked', actor: by, detail: { ...given(filter), question } });

/** The same of what is handed out as a file. */
export const noteExported = (parts: Parts, by: string, what: object): Promise<void> =>
  note(parts, { kind: 'record-exported', actor: by, detail: given(what) });

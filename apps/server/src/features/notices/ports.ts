import type { NoticeKind, Owner, RecordNote } from '@clerestory/protocol';
import type { Write } from '../../platform/idempotency.ts';
import type { KeyRing } from '../../platform/key-ring.ts';
import type { Letter, Sent } from '../../platform/mail.ts';

export interface NoticeRecord {
  append(write: Write, note: RecordNote): Promise<unknown>;
}
export interface OwnerBook {
  get(owner: string): Owner | undefined;
  /** For addresses that owners gave us. */
  readonly ring: KeyRing;
}
/** Time that no step of the wall clock moves. */
export interface Steady {
  /** Unix ms, for what waits. */
  steadyMs(): number;
  /** Unix ms, for what is deleted when it is old. */
  settledMs(): number;
}
export interface LetterBox {
  readonly isSetUp: boolean;
  readonly domain: string;
  send(letter: Letter): Promise<Sent>;
}

/** Something to tell an owner. The same `id` for the same owner is told once, however often it is enqueued. */
export interface Notice {
  id: string;
  owner: string;
  kind: NoticeKind;
  camera: string;
  cameraName: string;
  detail: Record<string, string | number | boolean | null>;
}

import { z } from 'zod';
import { Purpose } from './consent.ts';
import { Id, textLine, UnixMs } from './ids.ts';

/** Who opened an incident. A feed is another system, such as a call desk. */
export const IncidentSource = z.object({ kind: z.enum(['person', 'feed']), id: Id, name: z.string() });
export type IncidentSource = z.infer<typeof IncidentSource>;

/** Something that happened at a place and time. */
export const Incident = z.object({
  id: Id,
  /** As people call it; counts up from 1. */
  number: z.int().min(1),
  type: Purpose,
  place: z.string(),
  /** WGS 84 degrees. */
  latitude: z.number(),
  longitude: z.number(),
  openedBy: IncidentSource,
  /** Its number at the feed that opened it. */
  reference: z.string().optional(),
  openedAt: UnixMs,
  closedAt: UnixMs.nullable(),
  /** `person:<id>`, or `feed:<id>`. */
  closedBy: z.string().nullable(),
});
export type Incident = z.infer<typeof Incident>;

export const IncidentInput = z.strictObject({
  type: Purpose,
  place: textLine(120).refine((text) => text !== '', 'say where'),
  latitude: z.number('degrees as a number').min(-90).max(90),
  longitude: z.number('degrees as a number').min(-180).max(180),
});
export type IncidentInput = z.infer<typeof IncidentInput>;

/** Open incidents of one site; more have to be closed first. */
export const maxOpenIncidents = 500;

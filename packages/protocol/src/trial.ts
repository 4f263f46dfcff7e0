import { z } from 'zod';
import { CameraSource } from './camera.ts';
import { Id, StreamName } from './ids.ts';
import type { RestRoute } from './rest.ts';

/** What is to be tried: a source as it would be registered, or a profile of a device that was probed. */
export const TrialRequest = z
  .strictObject({
    source: CameraSource.optional(),
    stream: StreamName.default('main'),
    probe: Id.optional(),
    profile: z.string().min(1).max(128).optional(),
  })
  .superRefine(({ source, probe, profile }, context) => {
    const byProbe = probe !== undefined && profile !== undefined;
    if ((source !== undefined) === byProbe)
      context.addIssue({ code: 'custom', message: 'give a source, or a probe and one of its profiles' });
  });
export type TrialRequest = z.infer<typeof TrialRequest>;

/** A small picture of what the camera sends now, and what it sends. */
export const TrialAnswer = z.object({
  /** JPEG, base64. */
  jpeg: z.string(),
  codec: z.string(),
  width: z.int(),
  height: z.int(),
});
export type TrialAnswer = z.infer<typeof TrialAnswer>;

/** control → node, secrets included. `shunned`: IP addresses of registered cameras, which are not connected to. */
export const TrialOrder = z.object({
  source: CameraSource,
  stream: StreamName,
  shunned: z.array(z.string().max(45)),
});
export type TrialOrder = z.infer<typeof TrialOrder>;
/** node → control; `reason` is in words and free of addresses. */
export const TrialOutcome = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), picture: TrialAnswer }),
  z.object({ ok: z.literal(false), reason: z.string() }),
]);
export type TrialOutcome = z.infer<typeof TrialOutcome>;

const route = <const R extends RestRoute>(row: R): R => row;

export const trialRoutes = {
  tryCamera: route({
    method: 'post',
    path: '/cameras/trial',
    tag: 'cameras',
    status: 200,
    summary: 'One picture of a source before it is registered, or why there is none',
    body: TrialRequest,
    answer: TrialAnswer,
  }),
} as const;

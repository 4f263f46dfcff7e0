import { z } from 'zod';
import { Consent, ConsentProposal, PrivateSwitch, SitePolicy } from './consent.ts';
import { Grant, GrantAnswers, GrantAsk, GrantDecision, GrantWays } from './grants.ts';
import { CameraId, Id } from './ids.ts';
import { Incident, IncidentInput } from './incidents.ts';
import { NumberCursor, wholeNumber } from './query.ts';
import type { RestRoute } from './rest.ts';

const route = <const R extends RestRoute>(row: R): R => row;
const OnCamera = z.object({ camera: CameraId });
const OnIncident = z.object({ incident: Id });
const OnRequest = z.object({ request: Id });
const OnGrant = z.object({ grant: Id });

/** Incidents, consent, and what opens a private camera. */
export const grantsRoutes = {
  listIncidents: route({
    method: 'get',
    path: '/incidents',
    tag: 'incidents',
    status: 200,
    summary: 'Incidents, newest first; `open=true` leaves the closed ones out',
    query: z.strictObject({
      open: z.enum(['true', 'false']).optional(),
      cursor: NumberCursor.optional(),
      limit: wholeNumber(1, 500).default(100),
    }),
    answer: z.object({ items: z.array(Incident), next: z.string().nullable() }),
  }),
  openIncident: route({
    method: 'post',
    path: '/incidents',
    tag: 'incidents',
    status: 201,
    idempotent: true,
    summary: 'Open an incident by hand; who opened it is recorded, and told with what it opens',
    body: IncidentInput,
    answer: Incident,
  }),
  closeIncident: route({
    method: 'post',
    path: '/incidents/{incident}/close',
    tag: 'incidents',
    status: 200,
    idempotent: true,
    summary: 'Close an incident; the private cameras it opened go dark within a second',
    params: OnIncident,
    answer: Incident,
  }),
  getConsents: route({
    method: 'get',
    path: '/cameras/{camera}/consents',
    tag: 'consent',
    status: 200,
    summary: 'What the owners of a camera allow, and every version before, newest first',
    params: OnCamera,
    answer: z.object({ items: z.array(Consent) }),
  }),
  proposeConsent: route({
    method: 'post',
    path: '/cameras/{camera}/consents',
    tag: 'consent',
    status: 201,
    summary: 'Propose terms to an owner; nothing is allowed before the owner has confirmed them',
    params: OnCamera,
    body: ConsentProposal,
    answer: Consent,
  }),
  getSitePolicy: route({
    method: 'get',
    path: '/site-policy',
    tag: 'consent',
    status: 200,
    summary: 'The site’s switches for private cameras',
    answer: SitePolicy,
  }),
  setSitePolicy: route({
    method: 'put',
    path: '/site-policy',
    tag: 'consent',
    status: 200,
    summary: 'Set the switches; what no longer holds ends within a second',
    body: SitePolicy,
    answer: SitePolicy,
  }),
  switchPrivate: route({
    method: 'put',
    path: '/site-policy/private-cameras',
    tag: 'consent',
    status: 200,
    summary: 'Switch every private camera off, at once; only an administrator switches them on again',
    body: PrivateSwitch,
    answer: SitePolicy,
  }),
  listWays: route({
    method: 'get',
    path: '/cameras/{camera}/ways',
    tag: 'grants',
    status: 200,
    summary: 'What would open a private camera now: incidents near it, standing purposes, and why not',
    params: OnCamera,
    answer: GrantWays,
  }),
  askForGrants: route({
    method: 'post',
    path: '/grants',
    tag: 'grants',
    status: 201,
    idempotent: true,
    summary: 'Ask to see private cameras for a purpose; for yourself, and for the screens they are on',
    body: GrantAsk,
    answer: GrantAnswers,
  }),
  listGrants: route({
    method: 'get',
    path: '/grants',
    tag: 'grants',
    status: 200,
    summary: 'Grants that are live or wait for an answer',
    answer: z.object({ items: z.array(Grant) }),
  }),
  answerGrants: route({
    method: 'post',
    path: '/grant-requests/{request}/answer',
    tag: 'grants',
    status: 200,
    idempotent: true,
    summary: 'A second person’s yes or no; no answer is a no',
    params: OnRequest,
    body: GrantDecision,
    answer: z.object({ items: z.array(Grant) }),
  }),
  endGrant: route({
    method: 'delete',
    path: '/grants/{grant}',
    tag: 'grants',
    status: 204,
    idempotent: true,
    summary: 'End a grant that you asked for; whoever may approve ends any',
    params: OnGrant,
  }),
} as const;

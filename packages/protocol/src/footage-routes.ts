import { z } from 'zod';
import {
  FootageAnswer,
  FootageAnswerInput,
  FootageInput,
  FootageModeration,
  FootageRequest,
  OwnFootageRequest,
  PublicFootageRequest,
} from './footage.ts';
import { Id } from './ids.ts';
import { NumberCursor, wholeNumber } from './query.ts';
import type { RestRoute } from './rest.ts';

const route = <const R extends RestRoute>(row: R): R => row;
const OnRequest = z.object({ request: Id });

export const ownerFootageRoutes = {
  ownerListFootage: route({
    ...{ method: 'get', path: '/owner/footage-requests', tag: 'owner', status: 200 },
    summary:
      'Requests for footage of the area of one’s cameras. Whether anybody reads them is nobody’s to know',
    answer: z.object({ items: z.array(OwnFootageRequest) }),
  }),
  ownerAnswerFootage: route({
    ...{ method: 'put', path: '/owner/footage-requests/{request}/answer', tag: 'owner', status: 200 },
    idempotent: true,
    summary: 'Say that one may have something; name and the chosen contact are then told to who asks',
    params: OnRequest,
    body: FootageAnswerInput,
    answer: OwnFootageRequest,
  }),
  ownerWithdrawFootage: route({
    ...{ method: 'delete', path: '/owner/footage-requests/{request}/answer', tag: 'owner', status: 204 },
    summary: 'Take one’s answer back, as long as the request is open',
    params: OnRequest,
  }),
  ownerHideFootage: route({
    ...{ method: 'put', path: '/owner/footage-requests/{request}/hidden', tag: 'owner', status: 204 },
    summary: 'Put a request away on one’s own page, or bring it back; nobody else learns of it',
    params: OnRequest,
    body: z.strictObject({ hidden: z.boolean() }),
  }),
} as const;

/** For everybody. */
export const publicFootageRoutes = {
  listPublishedFootage: route({
    ...{ method: 'get', path: '/public/footage-requests', tag: 'footage', status: 200 },
    summary: 'Requests for footage that were published, newest first',
    answer: z.object({ items: z.array(PublicFootageRequest) }),
  }),
} as const;

export const footageRoutes = {
  ...ownerFootageRoutes,
  ...publicFootageRoutes,
  listFootage: route({
    ...{ method: 'get', path: '/footage-requests', tag: 'footage', status: 200 },
    summary: 'Requests for footage, newest first',
    query: z.strictObject({ cursor: NumberCursor.optional(), limit: wholeNumber(1, 500).default(100) }),
    answer: z.object({ items: z.array(FootageRequest), next: z.string().nullable() }),
  }),
  askForFootage: route({
    ...{ method: 'post', path: '/footage-requests', tag: 'footage', status: 201, idempotent: true },
    summary:
      'Ask owners near a place for what their cameras kept; no owner is told before a supervisor agrees',
    body: FootageInput,
    answer: FootageRequest,
  }),
  getFootage: route({
    ...{ method: 'get', path: '/footage-requests/{request}', tag: 'footage', status: 200 },
    summary: 'One request for footage',
    params: OnRequest,
    answer: FootageRequest,
  }),
  moderateFootage: route({
    ...{ method: 'post', path: '/footage-requests/{request}/moderation', tag: 'footage', status: 200 },
    idempotent: true,
    summary: 'Publish a request of somebody else, or refuse it with a reason',
    params: OnRequest,
    body: FootageModeration,
    answer: FootageRequest,
  }),
  closeFootage: route({
    ...{ method: 'post', path: '/footage-requests/{request}/close', tag: 'footage', status: 200 },
    idempotent: true,
    summary: 'Close one’s own request; a supervisor closes any',
    params: OnRequest,
    answer: FootageRequest,
  }),
  listFootageAnswers: route({
    ...{ method: 'get', path: '/footage-requests/{request}/answers', tag: 'footage', status: 200 },
    summary: 'What owners answered, oldest first; for who asked, and for supervisors',
    params: OnRequest,
    answer: z.object({ items: z.array(FootageAnswer) }),
  }),
} as const;

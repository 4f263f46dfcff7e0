import { z } from 'zod';
import { Id } from './ids.ts';
import {
  DeadLetter,
  NoticeDelay,
  NoticeDelayInput,
  NoticeRoads,
  PushSubscription,
  WebAddress,
} from './notices.ts';
import type { RestRoute } from './rest.ts';

const route = <const R extends RestRoute>(row: R): R => row;

export const ownerNoticeRoutes = {
  ownerNoticeRoads: route({
    method: 'get',
    path: '/owner/notices/roads',
    tag: 'owner',
    status: 200,
    summary: 'How one is told of accesses',
    answer: NoticeRoads,
  }),
  ownerSetWebhook: route({
    method: 'put',
    path: '/owner/notices/webhook',
    tag: 'owner',
    status: 200,
    summary: 'Have notices sent to an address of one’s own; the secret that signs them is shown this once',
    body: z.strictObject({ url: WebAddress }),
    answer: z.object({ secret: z.string() }),
  }),
  ownerRemoveWebhook: route({
    method: 'delete',
    path: '/owner/notices/webhook',
    tag: 'owner',
    status: 204,
    summary: 'Send no more notices to that address',
  }),
  ownerAddPush: route({
    method: 'post',
    path: '/owner/notices/push',
    tag: 'owner',
    status: 201,
    summary: 'Have notices pushed to this browser',
    body: PushSubscription,
    answer: z.object({ id: Id }),
  }),
  ownerRemovePush: route({
    method: 'delete',
    path: '/owner/notices/push/{push}',
    tag: 'owner',
    status: 204,
    summary: 'Push no more notices to a browser',
    params: z.object({ push: Id }),
  }),
} as const;

export const noticeRoutes = {
  ...ownerNoticeRoutes,
  listDeadLetters: route({
    method: 'get',
    path: '/notices/dead',
    tag: 'owners',
    status: 200,
    summary: 'Notices that could not be delivered, newest first. Requests for footage are never among them',
    answer: z.object({ items: z.array(DeadLetter) }),
  }),
  retryDeadLetter: route({
    method: 'post',
    path: '/notices/dead/{letter}/retry',
    tag: 'owners',
    status: 204,
    summary: 'Try once more to deliver a notice',
    params: z.object({ letter: Id }),
  }),
  listNoticeDelays: route({
    method: 'get',
    path: '/notices/delays',
    tag: 'owners',
    status: 200,
    summary: 'Orders that notices wait, newest first',
    answer: z.object({ items: z.array(NoticeDelay) }),
  }),
  askNoticeDelay: route({
    method: 'post',
    path: '/notices/delays',
    tag: 'owners',
    status: 201,
    idempotent: true,
    summary: 'Ask that notices of a camera wait; in force once a second person agrees',
    body: NoticeDelayInput,
    answer: NoticeDelay,
  }),
  approveNoticeDelay: route({
    method: 'post',
    path: '/notices/delays/{delay}/approval',
    tag: 'owners',
    status: 200,
    idempotent: true,
    summary: 'Agree to an order of somebody else that notices wait',
    params: z.object({ delay: Id }),
    answer: NoticeDelay,
  }),
  endNoticeDelay: route({
    method: 'delete',
    path: '/notices/delays/{delay}',
    tag: 'owners',
    status: 204,
    summary: 'End an order; what waits goes out now',
    params: z.object({ delay: Id }),
  }),
} as const;

import { distanceM } from '@clerestory/consent';
import {
  footageLimits,
  problem,
  type FootageEnd,
  type FootageInput,
  type FootageModeration,
  type FootageRequest,
  type Problem,
  type PublicFootageRequest,
} from '@clerestory/protocol';
import type { By, LentCamera } from './ports.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** Requests of one site that wait or are published at one time. */
export const maxOpen = 200;
/** The same of one person. */
export const maxOpenEach = 20;
/** No request is open for longer, ms. */
export const mostOpenMs = footageLimits.days.most * dayMs;
/** What owners wrote is forgotten so long after a request is closed, ms. */
export const keepAnswersMs = 30 * dayMs;
/** A request stays on the public list so long after it was published, ms. */
export const publicMs = 365 * dayMs;
/** Entries of the public list. */
export const maxPublic = 200;

/** A request as it is kept: who answered lies apart. */
export type KeptRequest = Omit<FootageRequest, 'answers'>;

/** A request at a time: one that nobody closed yet is closed all the same once its end has come. */
export const at = (request: KeptRequest, nowMs: number): KeptRequest =>
  isOpen(request) && nowMs >= request.endsAt
    ? { ...request, state: 'closed', closedAt: request.endsAt, end: 'end' }
    : request;
export const isOpen = ({ state }: KeptRequest) => state === 'waiting' || state === 'published';

const fault = (pointer: string, message: string) =>
  problem('invalid-request', `The body: ${pointer}: ${message}`, { errors: [{ pointer, message }] });

/** Footage is of the past, and cameras do not keep it for long. */
export function faultOfTimes({ from, to }: Pick<FootageInput, 'from' | 'to'>, nowMs: number): Problem | null {
  if (to > nowMs) return fault('/to', 'it lies in the future: ask for what was, once it was');
  if (from < nowMs - footageLimits.agoMs)
    return fault(
      '/from',
      `at most ${footageLimits.agoMs / dayMs} days ago: hardly a camera keeps pictures for longer`,
    );
  return null;
}

/** Why somebody may not say yes or no to a request; null: they may. */
export function faultOfModeration(request: KeptRequest, by: string, nowMs: number): Problem | null {
  if (request.askedBy.id === by)
    return problem('forbidden', 'You asked for this yourself. Another supervisor has to look at it.');
  if (at(request, nowMs).state !== 'waiting')
    return problem('conflict', `Request ${request.number} does not wait any more. Look at it again.`);
  return null;
}

export const moderated = (
  request: KeptRequest,
  word: FootageModeration,
  { id, name }: By,
  nowMs: number,
): KeptRequest => ({
  ...request,
  ...{ moderatedBy: { id, name }, moderatedAt: nowMs },
  ...(word.decision === 'publish'
    ? { state: 'published', endsAt: nowMs + request.days * dayMs }
    : { state: 'refused', refusal: word.why }),
});

/** Why somebody may not close a request; null: they may. */
export function faultOfClosing(
  request: KeptRequest,
  by: By & { isSupervisor: boolean },
  nowMs: number,
): Problem | null {
  if (request.askedBy.id !== by.id && !by.isSupervisor)
    return problem('forbidden', 'Only who asked, and supervisors, close a request.');
  if (!isOpen(at(request, nowMs)))
    return problem('conflict', `Request ${request.number} is not open any more. Look at it again.`);
  return null;
}

export const closed = (request: KeptRequest, end: FootageEnd, closedAt: number): KeptRequest => ({
  ...request,
  ...{ state: 'closed', closedAt, end },
});

type Area = Pick<KeptRequest, 'latitude' | 'longitude' | 'radiusM'>;
/** Those on the edge are in. */
export const inArea = (area: Area, cameras: readonly LentCamera[]): LentCamera[] =>
  cameras.filter((camera) => distanceM(area, camera) <= area.radiusM);

/** When it ends at first: as long after the asking as owners would have; publishing counts anew. */
export const firstEnd = (days: number, nowMs: number): number => nowMs + days * dayMs;

/** What everybody may read of a request that was published; null: nothing. */
export function publicOf(request: KeptRequest, nowMs: number): PublicFootageRequest | null {
  const { number, purpose, district, from, to, moderatedAt, refusal } = request;
  if (moderatedAt === null || refusal !== null || moderatedAt < nowMs - publicMs) return null;
  return {
    ...{ number, purpose, district },
    from: Math.floor(from / hourMs) * hourMs,
    to: Math.ceil(to / hourMs) * hourMs,
    publishedOn: new Date(moderatedAt).toISOString().slice(0, 10),
    state: at(request, nowMs).state === 'published' ? 'published' : 'closed',
  };
}

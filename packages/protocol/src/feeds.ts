import { z } from 'zod';
import { Purpose } from './consent.ts';
import { DisplayName, Id, textLine, UnixMs } from './ids.ts';
import { Incident, IncidentInput } from './incidents.ts';
import { SecretToken } from './people.ts';
import type { RestRoute } from './rest.ts';

/** Below this path the token of a feed counts, and nothing else; everywhere else it counts for nothing. */
export const feedPath = '/feed/';

const terms = {
  name: DisplayName,
  /** What it may report. */
  types: z.array(Purpose).min(1, 'choose at least one type').max(Purpose.options.length),
  /** Outside of this circle it reports nothing; null: anywhere. */
  area: z
    .strictObject({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      radiusM: z.int().min(100).max(100_000),
    })
    .nullable(),
};

/** Another system that opens incidents and closes its own, such as a call desk: an account of a machine. */
export const FeedInput = z.strictObject({ ...terms, area: terms.area.default(null) });
export type FeedInput = z.infer<typeof FeedInput>;
export const Feed = z.object({ id: Id, ...terms, createdAt: UnixMs, createdBy: z.string() });
export type Feed = z.infer<typeof Feed>;

/** What a feed reports. */
export const FeedIncidentInput = z.strictObject({
  ...IncidentInput.shape,
  /** The feed's own number: the same again is the same incident. */
  number: textLine(60).refine((text) => text !== '', 'give the number of the incident'),
});
export type FeedIncidentInput = z.infer<typeof FeedIncidentInput>;

/** Which of its own a feed closes. */
export const FeedIncidentClose = FeedIncidentInput.pick({ number: true });
export type FeedIncidentClose = z.infer<typeof FeedIncidentClose>;

const route = <const R extends RestRoute>(row: R): R => row;
const tag = 'incidents';

export const feedRoutes = {
  listFeeds: route({
    ...{ method: 'get', path: '/feeds', tag, status: 200 },
    summary: 'Systems that may open incidents, and close those again',
    answer: z.object({ items: z.array(Feed) }),
  }),
  createFeed: route({
    ...{ method: 'post', path: '/feeds', tag, status: 201 },
    summary:
      'Let a system open incidents of some types. The answer holds its token, which is shown this once',
    body: FeedInput,
    answer: z.object({ feed: Feed, token: SecretToken }),
  }),
  deleteFeed: route({
    ...{ method: 'delete', path: '/feeds/{feed}', tag, status: 204 },
    summary: 'Take the token of a system back; incidents that it opened stay',
    params: z.object({ feed: Id }),
  }),
  feedIncident: route({
    ...{ method: 'post', path: '/feed/incidents', tag, status: 200 },
    summary:
      'For systems, with `Authorization: Bearer <token>`: open an incident. The same number again is answered with the incident as it is',
    body: FeedIncidentInput,
    answer: Incident,
  }),
  feedCloseIncident: route({
    ...{ method: 'post', path: '/feed/incidents/close', tag, status: 200 },
    summary:
      'For systems: close an incident that the same system opened, by its number. What it opened of private cameras ends. One that is closed already is answered as it is',
    body: FeedIncidentClose,
    answer: Incident,
  }),
} as const;

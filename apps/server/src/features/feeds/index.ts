import { problem } from '@clerestory/protocol';
import { actorName } from '../../platform/actor.ts';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';
import type { FeedService } from './service.ts';

export { FeedService } from './service.ts';

const forFeeds = refuse(
  problem('unauthenticated', 'This door is for feeds: send your token as a bearer token.'),
);

/** Feeds over REST: for administrators, and the doors that feeds themselves use. */
export function feedRoutes(feeds: FeedService): RouteHandlers {
  return {
    listFeeds: () => ok({ items: feeds.list() }),
    createFeed: ({ body }, { actor }) => feeds.create(body, actorName(actor)),
    deleteFeed: ({ params }, { actor }) => feeds.remove(params.feed, actorName(actor)),
    feedIncident: ({ body }, { actor }) => (actor.kind === 'feed' ? feeds.report(body, actor) : forFeeds),
    feedCloseIncident: ({ body }, { actor }) => (actor.kind === 'feed' ? feeds.close(body, actor) : forFeeds),
  };
}

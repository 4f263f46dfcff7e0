import { NoticeChannel, NoticeKind, problem, type Answer, type DeadLetter } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse, type RequestContext, type RouteHandlers } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import { NoticeDelays } from './delays.ts';
import type { Outside } from './outside.ts';
import type { LetterBox, Notice, NoticeRecord, OwnerBook, Steady } from './ports.ts';
import { Roads } from './roads.ts';
import { maxDeadListed } from './rules.ts';
import { NoticeSender } from './sender.ts';
import { noticeStore } from './store.ts';

export interface NoticesOptions {
  db: Database;
  clock: Clock;
  steady: Steady;
  log: Logger;
  record: NoticeRecord;
  owners: OwnerBook;
  mail: LetterBox;
  outside: Outside;
  portalUrl(): string;
  cameraExists(camera: string): boolean;
  /** Signed in a short while ago: for what sends word elsewhere. */
  isFresh(session: string): boolean;
}

const noLetter = problem('not-found', 'There is no such notice.');
const signInFirst = problem('unauthenticated', 'Sign in first.');
const confirmFirst = problem(
  'confirm-first',
  'To be sure that it is you, sign in once more, then repeat this.',
);

/** Owner notices: the outbox, its roads, and orders that it waits. */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #roads: Roads;
  readonly #delays: NoticeDelays;
  readonly #sender: NoticeSender;

  constructor(options: NoticesOptions) {
    const { db, clock, steady, record, owners, outside, mail } = options;
    this.#options = options;
    this.#roads = new Roads(db, clock, owners, outside, mail);
    this.#delays = new NoticeDelays(db, clock, steady, record);
    this.#sender = new NoticeSender({ ...options, roads: this.#roads, delays: this.#delays });
  }

  /** Within the transaction of what happened: told once for each id, however often it is enqueued. */
  enqueue(write: Write, notice: Notice): Promise<void> {
    return this.#sender.enqueue(write, notice);
  }

  async load(): Promise<void> {
    await this.#roads.load();
    await this.#delays.load();
  }
  start(): void {
    this.#sender.start();
  }
  stop(): Promise<void> {
    return this.#sender.stop();
  }
  /** For a fresh key of the owners. */
  sealAnew(write: Write): Promise<void> {
    return this.#roads.sealAnew(write);
  }

  /** An owner has left: nothing is sent to them any more. Within `write`; it counts once it is called. */
  async forgetOwner(write: Write, owner: string): Promise<() => void> {
    await noticeStore.forgetOwner(write, owner);
    return () => this.#roads.forgotten(owner);
  }

  async dead(): Promise<DeadLetter[]> {
    const rows = await this.#options.db
      .selectFrom('notice_deliveries as d')
      .innerJoin('notices as n', (join) =>
        join.onRef('n.id', '=', 'd.notice').onRef('n.owner', '=', 'd.owner'),
      )
      .select(['d.id', 'd.owner', 'd.channel', 'd.attempts', 'd.fault', 'd.done_at', 'n.kind', 'n.camera'])
      .where('d.state', '=', 'dead')
      // Or it would tell apart who left a request unanswered and whom it never reached.
      .where('n.kind', '!=', 'footage-request')
      .orderBy('d.done_at', 'desc')
      .limit(maxDeadListed)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      owner: row.owner,
      kind: NoticeKind.parse(row.kind),
      camera: row.camera,
      channel: NoticeChannel.parse(row.channel),
      attempts: row.attempts,
      why: row.fault ?? '',
      at: row.done_at ?? 0,
    }));
  }

  async #retry(id: string): Promise<Answer<void>> {
    const found = (await this.dead()).some((letter) => letter.id === id);
    if (!found) return refuse(noLetter);
    await this.#options.db
      .updateTable('notice_deliveries')
      .set({ state: 'pending', attempts: 0, next_at: this.#options.steady.steadyMs(), done_at: null })
      .where('id', '=', id)
      .where('state', '=', 'dead')
      .execute();
    this.#sender.wake();
    return ok(undefined);
  }

  routes(): RouteHandlers {
    const roads = this.#roads;
    const delays = this.#delays;
    const sender = this.#sender;
    const { cameraExists } = this.#options;
    const asOwner = ({ actor }: RequestContext) =>
      actor.kind === 'owner' ? ok(actor.id) : refuse(signInFirst);
    const freshly = ({ actor }: RequestContext) => {
      if (actor.kind !== 'owner') return refuse(signInFirst);
      return this.#options.isFresh(actor.session) ? ok(actor.id) : refuse(confirmFirst);
    };
    return {
      ownerNoticeRoads(_input, context) {
        const owner = asOwner(context);
        return owner.ok ? ok(roads.view(owner.value)) : owner;
      },
      ownerSetWebhook({ body }, context) {
        const owner = freshly(context);
        return owner.ok ? roads.setWebhook(owner.value, body.url) : owner;
      },
      async ownerRemoveWebhook(_input, context) {
        const owner = asOwner(context);
        if (!owner.ok) return owner;
        await roads.removeWebhook(owner.value);
        return ok(undefined);
      },
      ownerAddPush({ body }, context) {
        const owner = freshly(context);
        return owner.ok ? roads.addPush(owner.value, body) : owner;
      },
      ownerRemovePush({ params }, context) {
        const owner = asOwner(context);
        return owner.ok ? roads.removePush(owner.value, params.push) : owner;
      },
      listDeadLetters: async () => ok({ items: await this.dead() }),
      retryDeadLetter: ({ params }) => this.#retry(params.letter),
      listNoticeDelays: () => ok({ items: delays.list() }),
      askNoticeDelay({ body }, { by, key }) {
        if (!cameraExists(body.camera))
          return refuse(problem('not-found', `There is no camera "${body.camera}".`));
        return delays.ask(body, by, key);
      },
      approveNoticeDelay: ({ params }, { by, key }) => delays.approve(params.delay, by, key),
      async endNoticeDelay({ params }, { by }) {
        const done = await delays.end(params.delay, by);
        if (done.ok) sender.wake();
        return done;
      },
    };
  }
}

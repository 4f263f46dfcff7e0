import { createHash } from 'node:crypto';
import { NoticeChannel } from '@clerestory/protocol';
import type { PushSubscription } from 'web-push';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Sent } from '../../platform/mail.ts';
import { post, signatureOf, type Outside } from './outside.ts';
import { Lanes, type Lane } from './lanes.ts';
import type { LetterBox, Notice, NoticeRecord, OwnerBook, Steady } from './ports.ts';
import type { Roads } from './roads.ts';
import { keepSentMs, lookEveryMs, nextTry, patienceAfterHungMs, patienceMs, retryAfterMs } from './rules.ts';
import { noticeStore, type Delivery } from './store.ts';
import { wordsOf } from './words.ts';

export interface SenderParts {
  db: Database;
  clock: Clock;
  /** Counts what waits: whoever sets the clock neither puts off nor hurries a notice. */
  steady: Steady;
  log: Logger;
  record: NoticeRecord;
  owners: OwnerBook;
  mail: LetterBox;
  roads: Roads;
  outside: Outside;
  portalUrl(): string;
  delays: { inForce(camera: string): { id: string; untilSteady: number } | undefined };
}

const forgetEveryMs = 60 * 60_000;
/** How long a push service keeps a notice for a phone that is off, s. */
const pushLifeS = 24 * 60 * 60;

/**
 * The outbox. What has to be told is written in the transaction of what happened; from here on it is sent until every
 * road took it or was given up, also across restarts.
 *
 * Promise: no notice is lost, and every sending of one notice carries one id (Message-ID, `Idempotency-Key`, push topic
 * and tag). Only those that are on their way in the moment of a crash, `maxInFlight` a channel at most, are sent again with the id
 * they had, and the owner's side can tell.
 */
export class NoticeSender {
  readonly #parts: SenderParts;
  readonly #inFlight = new Map<string, { delivery: Delivery; done: Promise<void> }>();
  readonly #lanes = new Lanes();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #again = false;
  #stopped = true;
  #forgotMs = -Infinity;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Within the transaction of what happened. */
  async enqueue(write: Write, notice: Notice): Promise<void> {
    const { clock, steady, owners, mail, roads, delays } = this.#parts;
    if (!owners.get(notice.owner)) return;
    const nowMs = clock.nowMs();
    if (!(await noticeStore.insert(write, notice, nowMs))) return;
    // An order delays what is sent of an access; the owner's own page shows it all the same.
    const isAccess = notice.kind === 'access' || notice.kind === 'access-asked';
    const delay = isAccess ? delays.inForce(notice.camera) : undefined;
    const when = { nextAt: delay?.untilSteady ?? steady.steadyMs(), delay: delay?.id ?? null };
    if (mail.isSetUp)
      await noticeStore.insertDelivery(write, newId(), notice, { channel: 'mail', road: null, ...when });
    for (const { id, road } of roads.of(notice.owner))
      await noticeStore.insertDelivery(write, newId(), notice, { channel: road.kind, road: id, ...when });
    this.wake();
  }

  start(): void {
    this.#stopped = false;
    this.#timer = setInterval(() => this.wake(), lookEveryMs);
    this.#timer.unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await Promise.all([...this.#inFlight.values()].map(({ done }) => done));
  }

  /** Looks for what is due, after the transaction that runs now. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#isLooking) {
      this.#again = true;
      return;
    }
    this.#isLooking = true;
    void this.#look()
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'notices could not be looked for'))
      .finally(() => {
        this.#isLooking = false;
        if (!this.#again) return;
        this.#again = false;
        this.wake();
      });
  }

  async #look(): Promise<void> {
    const { db, clock, steady } = this.#parts;
    for (const channel of NoticeChannel.options) {
      const limit = this.#lanes.left(channel);
      if (limit <= 0) continue;
      const full = channel === 'mail' ? [] : this.#lanes.full(channel, this.#parts.roads.lanes(channel));
      const found = await noticeStore.due(db, channel, steady.steadyMs(), {
        limit,
        without: [...this.#inFlight.keys()],
        full: full.map(({ road }) => road),
      });
      let begun = 0;
      for (const delivery of found) if (this.#begin(delivery)) begun += 1;
      // What waits for a road that is full now hid what waits for others.
      if (begun > 0 && begun < found.length) this.#again = true;
    }
    if (clock.monotonicMs() - this.#forgotMs < forgetEveryMs) return;
    this.#forgotMs = clock.monotonicMs();
    await db.transaction().execute((write) => noticeStore.forget(write, steady.settledMs() - keepSentMs));
  }

  /** @returns false: it has to wait for others on their way to the same place */
  #begin(delivery: Delivery): boolean {
    const { id, channel, road } = delivery;
    const lane = road === null ? null : this.#parts.roads.lane(road);
    if (!this.#lanes.isFree(channel, lane)) return false;
    this.#lanes.take(id, channel, lane);
    let hasHung = false;
    const done = this.#deliver(delivery, lane)
      .then((hung) => {
        hasHung = hung;
      })
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'a notice could not be dealt with'))
      .finally(() => {
        this.#inFlight.delete(id);
        this.#lanes.leave(id, hasHung ? 'hung' : 'answers');
        this.wake();
      });
    this.#inFlight.set(id, { delivery, done });
    return true;
  }

  /** @returns whether it hung */
  async #deliver(delivery: Delivery, lane: Lane | null): Promise<boolean> {
    const { db, clock, steady, record } = this.#parts;
    const isShort =
      lane !== null && this.#lanes.hasHung(lane.host) && delivery.attempts < retryAfterMs.length;
    const sent = await this.#send(delivery, isShort ? patienceAfterHungMs : patienceMs);
    const { id, notice, channel, attempts } = delivery;
    const atMs = clock.nowMs();
    await db.transaction().execute(async (write) => {
      if (sent.ok) await noticeStore.sent(write, id, atMs);
      else {
        const nextAt = sent.final ? null : nextTry(attempts + 1, steady.steadyMs());
        await noticeStore.failed(write, id, { attempts: attempts + 1, nextAt, fault: sent.why, atMs });
        if (nextAt !== null) return;
      }
      // What became of a request for footage is nobody's business: ignored, unread and not delivered look the same.
      if (notice.kind === 'footage-request') return;
      await record.append(write, {
        kind: sent.ok ? 'notice-sent' : 'notice-undelivered',
        actor: 'server',
        subject: `owner:${notice.owner}`,
        detail: {
          channel,
          noticeKind: notice.kind,
          notice: notice.id,
          camera: notice.camera,
          seconds: Math.max(0, Math.round((atMs - notice.at) / 1000)),
          delayed: delivery.delayed,
        },
      });
    });
    return sent.hung === true;
  }

  async #send(
    { notice, channel, road, delayed }: Delivery,
    patience: number,
  ): Promise<Sent & { hung?: true }> {
    const { owners, mail, roads, outside, portalUrl, clock } = this.#parts;
    const owner = owners.get(notice.owner);
    if (!owner) return { ok: false, final: true, why: 'this owner is gone' };
    const url =
      notice.kind === 'footage-request'
        ? `${portalUrl()}requests`
        : `${portalUrl()}camera/${encodeURIComponent(notice.camera)}`;
    const { kind, cameraName, detail } = notice;
    const { title, text } = wordsOf(owner.language, { kind, cameraName, detail, delayed, url });
    const key = idOf(notice);
    if (channel === 'mail')
      return mail.send({ to: owner.email, subject: title, text, messageId: `${key}@${mail.domain}` });
    const kept = roads.get(road ?? '');
    if (!kept) return { ok: false, final: true, why: 'the owner took this address away' };
    if (kept.road.kind === 'webhook') {
      const { at, camera } = notice;
      const body = JSON.stringify({
        id: key,
        kind,
        at,
        camera,
        cameraName,
        text: `${title}\n${text}`,
        delayed,
      });
      const headers = {
        'Content-Type': 'application/json',
        'Idempotency-Key': key,
        'Clerestory-Signature': signatureOf(kept.road.secret, body, clock.nowMs()),
      };
      return post(kept.road.url, headers, body, outside, patience);
    }
    const { default: webPush } = await import('web-push');
    const { endpoint, headers, body } = webPush.generateRequestDetails(
      kept.road.subscription as PushSubscription,
      JSON.stringify({ title, body: text.split('\n\n')[0], tag: key, url }),
      {
        TTL: pushLifeS,
        urgency: 'high',
        topic: key.slice(0, 32),
        vapidDetails: { subject: portalUrl().replace(/^http:/, 'https:'), ...roads.vapid },
      },
    );
    const sent = await post(
      ...([endpoint, headers as Record<string, string>, body ?? '', outside, patience] as const),
    );
    // Gone for good (RFC 8030 section 7.3): the browser took it back.
    if (sent.status === 404 || sent.status === 410) await roads.forget(kept.id);
    return sent;
  }
}

/** The one id that every sending of a notice carries. */
export const idOf = ({ id, owner }: { id: string; owner: string }): string =>
  createHash('sha256').update(`${owner} ${id}`).digest('hex').slice(0, 40);

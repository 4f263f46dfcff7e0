import { maxPlayerLinkMs, problem, type Answer, type PlayerLink } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { PersonActor } from '../../platform/actor.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Recorder } from './ports.ts';
import { hashOf, newToken } from './tokens.ts';

/** Links that live at one time, and of one person. */
const maxLinks = 500;
const maxLinksEach = 20;

export interface StoredLink {
  id: string;
  key: string;
  camera: string;
  person: string;
  session: string;
  /** Monotonic; a clock that is set back gives no link more time. */
  untilMs: number;
  expiresAt: number;
}

/**
 * Links for other players, such as VLC: one camera, fifteen minutes, renewable, ended with the session that made them. They
 * are kept in memory alone, so that none survives a restart.
 */
export class PlayerLinks {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #byKey = new Map<string, StoredLink>();
  #mediaUrl: () => string | null = () => null;
  readonly #ended = new Set<(link: StoredLink, reason: string) => void>();

  constructor(db: Database, clock: Clock, record: Recorder) {
    this.#db = db;
    this.#clock = clock;
    this.#record = record;
  }

  /** Where players find the media node, without a slash at the end; null while it is away. */
  setMediaUrl(mediaUrl: () => string | null): void {
    this.#mediaUrl = mediaUrl;
  }

  onEnded(listener: (link: StoredLink, reason: string) => void): void {
    this.#ended.add(listener);
  }

  find(key: string): StoredLink | undefined {
    const link = this.#byKey.get(key);
    return link && link.untilMs > this.#clock.monotonicMs() ? link : undefined;
  }

  keys(): string[] {
    return [...this.#byKey.keys()];
  }

  async make(camera: string, actor: PersonActor): Promise<Answer<PlayerLink>> {
    this.sweep();
    const theirs = [...this.#byKey.values()].filter(({ person }) => person === actor.id).length;
    if (this.#byKey.size >= maxLinks || theirs >= maxLinksEach)
      return refuse(problem('too-many', `At most ${maxLinksEach} links each. End some first.`));
    const base = this.#mediaUrl();
    if (base === null)
      return refuse(problem('unavailable', 'The media server is not there just now. Try again in a moment.'));
    const token = newToken();
    const link: StoredLink = {
      id: newId(),
      key: hashOf(token),
      camera,
      person: actor.id,
      session: actor.session,
      untilMs: this.#clock.monotonicMs() + maxPlayerLinkMs,
      expiresAt: this.#clock.nowMs() + maxPlayerLinkMs,
    };
    await this.#note('player-link-made', link);
    this.#byKey.set(link.key, link);
    return ok({
      id: link.id,
      camera,
      url: `${base}/player/${token}/${camera}/index.m3u8`,
      expiresAt: link.expiresAt,
    });
  }

  async renew(id: string, actor: PersonActor): Promise<Answer<Omit<PlayerLink, 'url'>>> {
    const link = this.#own(id, actor);
    if (!link) return noLink(id);
    await this.#note('player-link-renewed', link);
    // It may have ended while this was written; then nothing brings it back.
    if (this.#byKey.get(link.key) !== link) return noLink(id);
    link.untilMs = this.#clock.monotonicMs() + maxPlayerLinkMs;
    link.expiresAt = this.#clock.nowMs() + maxPlayerLinkMs;
    return ok({ id, camera: link.camera, expiresAt: link.expiresAt });
  }

  async end(id: string, actor: PersonActor): Promise<Answer<void>> {
    const link = this.#own(id, actor);
    if (!link) return noLink(id);
    this.#forget(link, 'The link was ended');
    await this.#note('player-link-ended', link);
    return ok(undefined);
  }

  /** The session that made them is over. */
  sessionEnded(session: string): void {
    for (const link of this.#byKey.values())
      if (link.session === session) this.#forget(link, 'The session of this link is over');
  }

  /** Ends what is due; called a few times a second. */
  sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const link of this.#byKey.values())
      if (link.untilMs <= nowMs) this.#forget(link, 'The link has expired');
  }

  #own(id: string, actor: PersonActor): StoredLink | undefined {
    const link = [...this.#byKey.values()].find((one) => one.id === id && one.person === actor.id);
    return link && this.find(link.key);
  }

  #forget(link: StoredLink, reason: string): void {
    if (!this.#byKey.delete(link.key)) return;
    for (const listener of this.#ended) listener(link, reason);
  }

  async #note(
    kind: 'player-link-made' | 'player-link-renewed' | 'player-link-ended',
    link: StoredLink,
  ): Promise<void> {
    await this.#db.transaction().execute((write) =>
      this.#record.append(write, {
        kind,
        actor: `person:${link.person}`,
        subject: `camera:${link.camera}`,
        detail: { link: link.id },
      }),
    );
  }
}

const noLink = (id: string): Answer<never> => refuse(problem('not-found', `You have no link "${id}".`));

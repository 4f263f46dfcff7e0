import type { NoticeChannel } from '@clerestory/protocol';
import {
  maxInFlight,
  maxInFlightEach,
  maxInFlightHung,
  maxInFlightOnHost,
  maxInFlightUnproven,
} from './rules.ts';

/** A webhook or a browser, and the host behind which it is. */
export interface Lane {
  road: string;
  host: string;
}
type Standing = 'answers' | 'hung';
/** Hosts whose last answer is remembered. */
const maxHosts = 10_000;

/**
 * Which notice may be begun now. Each channel has so many places; who hangs takes at most a few of them, however many
 * hosts hang, so that whoever answers is never out of a place for long. What a host did is remembered until the next start.
 */
export class Lanes {
  readonly #standing = new Map<string, Standing>();
  /** Delivery → where it is on its way. */
  readonly #taken = new Map<string, { channel: NoticeChannel; lane: Lane | null }>();

  /** Places of a channel that are left. */
  left(channel: NoticeChannel): number {
    return maxInFlight - this.#on(channel).length;
  }

  /** Of these, who takes no more now. */
  full(channel: NoticeChannel, lanes: readonly Lane[]): Lane[] {
    const under = this.#on(channel);
    if (under.length === 0) return [];
    const roads = countsOf(under.map(({ road }) => road));
    const hosts = countsOf(under.map(({ host }) => host));
    const hung = under.filter(({ host }) => this.hasHung(host)).length;
    const unproven = under.filter(({ host }) => this.#standing.get(host) !== 'answers').length;
    return lanes.filter(
      ({ road, host }) =>
        (roads.get(road) ?? 0) >= maxInFlightEach ||
        (hosts.get(host) ?? 0) >= this.#mostOn(channel, host) ||
        (this.hasHung(host) && hung >= maxInFlightHung) ||
        (this.#standing.get(host) !== 'answers' && unproven >= maxInFlightUnproven),
    );
  }

  /** Null: mail, which has one server. */
  isFree(channel: NoticeChannel, lane: Lane | null): boolean {
    return this.left(channel) > 0 && (lane === null || this.full(channel, [lane]).length === 0);
  }

  /** It gave no answer in time when it was last tried. */
  hasHung(host: string): boolean {
    return this.#standing.get(host) === 'hung';
  }

  take(delivery: string, channel: NoticeChannel, lane: Lane | null): void {
    this.#taken.set(delivery, { channel, lane });
  }

  leave(delivery: string, standing: Standing): void {
    const lane = this.#taken.get(delivery)?.lane;
    this.#taken.delete(delivery);
    if (!lane) return;
    this.#standing.delete(lane.host);
    this.#standing.set(lane.host, standing);
    const oldest = this.#standing.keys().next();
    if (this.#standing.size > maxHosts && !oldest.done) this.#standing.delete(oldest.value);
  }

  /** Under way on a channel; of mail nobody asks where. */
  #on(channel: NoticeChannel): Lane[] {
    return [...this.#taken.values()].flatMap((one) =>
      one.channel === channel ? [one.lane ?? { road: '', host: '' }] : [],
    );
  }

  /** Behind the host of a push service are the browsers of many owners. */
  #mostOn(channel: NoticeChannel, host: string): number {
    return channel === 'push' && this.#standing.get(host) === 'answers' ? maxInFlightOnHost : maxInFlightEach;
  }
}

const countsOf = (names: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

import { cosignatureTimeS, type NoteSignature } from '@clerestory/tlog';
import type { LogStatus } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { WitnessAddress } from '../../platform/witnesses.ts';
import { WitnessClient, type WitnessAnswer } from './witness-client.ts';

/** A witness that has nothing new to sign is asked again after this, so that its word stays fresh, ms. */
const refreshMs = 10 * 60_000;

interface Witness {
  client: WitnessClient;
  busy: boolean;
  signedSize: number;
  signedAtMs: number | null;
  fault: string | null;
}

/** A connection that fails in another way is still the same to say. */
const kindOf = (fault: string | null) => fault?.split(' (')[0];

/** A signed checkpoint, as a witness is shown it. */
export interface Shown {
  size: number;
  text: string;
  note: string;
}

/** What a witness says against a checkpoint. `seen`: entries that it has seen of the log; null: of another log. */
export interface Objection {
  witness: string;
  seen: number | null;
}

export interface PanelParts {
  addresses: readonly WitnessAddress[];
  clock: Clock;
  log: Logger;
  consistency(before: number, size: number): Promise<Uint8Array[]>;
}

/** The witnesses of the log over HTTP (C2SP tlog-witness): how far each is, and what it says. */
export class WitnessPanel {
  readonly #parts: PanelParts;
  readonly #witnesses: Witness[];
  constructor(parts: PanelParts) {
    this.#parts = parts;
    this.#witnesses = parts.addresses.map((address) => ({
      ...{ client: new WitnessClient(address), busy: false, signedSize: 0, signedAtMs: null, fault: null },
    }));
  }

  get isEmpty(): boolean {
    return this.#witnesses.length === 0;
  }

  status(): LogStatus['witnesses'] {
    return this.#witnesses.map(({ client, signedSize, signedAtMs, fault }) => ({
      ...{ name: client.address.key.name, url: client.address.url },
      ...{ size: signedSize, at: signedAtMs, fault },
    }));
  }

  /**
   * Asks each how far it is, without showing it anything of the log: with a checkpoint of no entries, from which every log
   * goes on, and to which one that has seen more answers with what it has seen. One that is away says nothing.
   * @returns what each that has answered has seen.
   */
  async howFar(empty: Omit<Shown, 'size'>): Promise<{ witness: string; size: number }[]> {
    const answers = await Promise.all(
      this.#witnesses.map(async (one) => {
        const answer = await one.client.submit({ ...empty, size: 0, consistency: async () => [] });
        const witness = one.client.address.key.name;
        if (answer.said === 'ahead') return { witness, size: answer.size };
        if (answer.said === 'signed') return { witness, size: 0 };
        this.#faulty(one, answer.said === 'away' ? answer.fault : 'it does not say how far it is');
        return null;
      }),
    );
    return answers.flatMap((answer) => answer ?? []);
  }

  /**
   * Shows a checkpoint to each that lacks it. `added`: what they have signed; `by`: who, of all, has signed this very
   * one since the start.
   */
  async show(sent: Shown): Promise<{ added: NoteSignature[]; objections: Objection[]; by: string[] }> {
    const heard = await Promise.all(this.#witnesses.map((witness) => this.#show(witness, sent)));
    return {
      added: heard.flatMap(({ added = [] }) => added),
      objections: heard.flatMap(({ objection }) => objection ?? []),
      by: this.#witnesses.flatMap(({ signedSize, client }) =>
        signedSize === sent.size ? client.address.key.name : [],
      ),
    };
  }

  async #show(witness: Witness, sent: Shown): Promise<{ added?: NoteSignature[]; objection?: Objection }> {
    const { clock, consistency } = this.#parts;
    const isFresh = clock.nowMs() - (witness.signedAtMs ?? -Infinity) < refreshMs;
    if (witness.busy || (witness.signedSize === sent.size && isFresh)) return {};
    witness.busy = true;
    try {
      const answer = await witness.client.submit({
        ...sent,
        consistency: (before) => consistency(before, sent.size),
      });
      return this.#heard(witness, sent, answer);
    } catch (error) {
      this.#faulty(witness, (error as Error).message);
      return {};
    } finally {
      witness.busy = false;
    }
  }

  #heard(
    witness: Witness,
    sent: Shown,
    answer: WitnessAnswer,
  ): { added?: NoteSignature[]; objection?: Objection } {
    const { name } = witness.client.address.key;
    this.#faulty(witness, answer.said === 'away' ? answer.fault : null);
    if (answer.said === 'ahead') return { objection: { witness: name, seen: answer.size } };
    if (answer.said === 'other') return { objection: { witness: name, seen: null } };
    if (answer.said === 'away') return {};
    witness.signedSize = sent.size;
    witness.signedAtMs =
      (answer.signatures.map(cosignatureTimeS)[0] ?? 0) * 1_000 || this.#parts.clock.nowMs();
    return { added: answer.signatures };
  }

  /** Told once when it goes away and once when it is back, not at each try. */
  #faulty(witness: Witness, fault: string | null): void {
    const before = witness.fault;
    witness.fault = fault;
    if (kindOf(fault) === kindOf(before)) return;
    const { log } = this.#parts;
    const { url, key } = witness.client.address;
    if (fault === null) log.info({ witness: key.name }, 'the witness signs again');
    else log.warn({ witness: key.name, url }, `the witness does not sign: ${fault}`);
  }
}

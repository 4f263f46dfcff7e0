import {
  formatAddCheckpoint,
  parseSignatureLines,
  sizeType,
  verifyNote,
  type NoteSignature,
} from '@clerestory/tlog';
import { ed25519 } from '../../platform/hashing.ts';
import type { WitnessAddress } from '../../platform/witnesses.ts';

/** Its answer has to be there by then, ms. */
const patienceMs = 10_000;
/** More than a few signature lines is no answer, characters. */
const longestAnswer = 20_000;

/**
 * `signed`: it has seen the checkpoint. `ahead`: it has seen a larger log. `other`: a different one. `away`: no usable
 * answer, in words.
 */
export type WitnessAnswer =
  | { said: 'signed'; signatures: NoteSignature[] }
  | { said: 'ahead'; size: number }
  | { said: 'other' }
  | { said: 'away'; fault: string };

/** fetch itself says no more than that it failed. */
const reasonOf = (error: unknown): string => {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
};

export interface Submission {
  size: number;
  /** Text of the checkpoint, without signatures. */
  text: string;
  /** The signed note. */
  note: string;
  consistency(before: number): Promise<Uint8Array[]>;
}

/** One witness of the C2SP tlog-witness protocol, and what is known of how far it is. */
export class WitnessClient {
  readonly address: WitnessAddress;
  /** The size it last signed; 0 until it says otherwise. */
  #size = 0;

  constructor(address: WitnessAddress) {
    this.address = address;
  }

  /** The size it last signed, as far as is known. */
  get size(): number {
    return this.#size;
  }

  async submit(submission: Submission): Promise<WitnessAnswer> {
    // It says itself how far it is when we are wrong about that, and is asked once more.
    const first = await this.#ask(submission);
    return first.said === 'behind' ? this.#settled(await this.#ask(submission)) : first;
  }

  #settled(answer: WitnessAnswer | { said: 'behind' }): WitnessAnswer {
    return answer.said === 'behind' ? { said: 'away', fault: 'it says another size each time' } : answer;
  }

  async #ask(submission: Submission): Promise<WitnessAnswer | { said: 'behind' }> {
    const { size, note, consistency } = submission;
    if (this.#size > size) return { said: 'ahead', size: this.#size };
    const oldSize = this.#size;
    const body = formatAddCheckpoint({ oldSize, proof: await consistency(oldSize), checkpoint: note });
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL('add-checkpoint', this.address.url), {
        method: 'POST',
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMs),
      });
      text = (await response.text()).slice(0, longestAnswer);
    } catch (error) {
      return { said: 'away', fault: `it does not answer (${reasonOf(error)})` };
    }
    if (response.status === 200) return this.#signed(submission, text);
    if (response.status === 409 && response.headers.get('content-type')?.startsWith(sizeType)) {
      const said = Number(/^(0|[1-9]\d*)\n?$/.exec(text)?.[1] ?? Number.NaN);
      if (!Number.isSafeInteger(said)) return { said: 'away', fault: 'it answers something that is no size' };
      // It has this very size, and not this log.
      if (said === oldSize) return { said: 'other' };
      this.#size = said;
      return said > size ? { said: 'ahead', size: said } : { said: 'behind' };
    }
    if (response.status === 409 || response.status === 422) return { said: 'other' };
    if (response.status === 404)
      return { said: 'away', fault: 'it does not know this log: give it the log’s key' };
    if (response.status === 403)
      return { said: 'away', fault: 'it knows another key of this log: give it the one of /log/key too' };
    return { said: 'away', fault: `it answers ${response.status}` };
  }

  #signed({ size, text }: Submission, lines: string): WitnessAnswer {
    const { key } = this.address;
    const signatures = parseSignatureLines(lines) ?? [];
    const verdict = verifyNote(ed25519, { text, signatures }, [key]);
    if (!verdict.ok) return { said: 'away', fault: `its answer is not signed by ${key.name}` };
    this.#size = size;
    return { said: 'signed', signatures: verdict.signed.map(({ signature }) => signature) };
  }
}

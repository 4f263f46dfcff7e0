import type { PublicEntry } from '@clerestory/public-log';
import { equalBytes, formatVerifierKey, parseVerifierKey, type SignedCheckpoint } from '@clerestory/tlog';
import type { Keys } from './checkpoints.ts';
import { sha256 } from './crypto.ts';

const beginnings = ['log-begun', 'log-key-changed', 'log-begun-anew'];

/** The keys that a log itself has named, from its entries. One that signs and is named nowhere is somebody else's. */
export class NamedKeys {
  readonly #named = new Set<string>();
  #last = '';

  take({ kind, public: said }: PublicEntry): void {
    if (!beginnings.includes(kind)) return;
    const { key, keysBefore } = said;
    for (const one of Array.isArray(keysBefore) ? (keysBefore as string[]) : []) this.#named.add(one);
    if (typeof key !== 'string') return;
    this.#named.add(key);
    this.#last = key;
  }

  /** A key of the log by the name and id that a signature has. */
  has({ name, id }: { name: string; id: Uint8Array }): boolean {
    return [...this.#named].some((text) => {
      const key = parseVerifierKey(sha256, text);
      return key?.name === name && equalBytes(key.id, id);
    });
  }

  /** `end`: the last checkpoint of the log; `kept`: others that somebody kept of it. */
  faults(end: SignedCheckpoint, kept: readonly SignedCheckpoint[], keys: Keys): string[] {
    const faults = new Set<string>();
    const signers = ({ signed }: SignedCheckpoint) =>
      signed.filter(({ key }) => keys.log.includes(key)).map(({ key }) => formatVerifierKey(key));
    for (const one of [end, ...kept])
      for (const key of signers(one).filter((signer) => !this.#named.has(signer)))
        faults.add(
          `the key ${key} has signed for the log, and no entry of the log names it: the key was changed in secret, or the log is another one than before`,
        );
    if (faults.size === 0 && !signers(end).includes(this.#last))
      faults.add(
        `the last checkpoint is not signed with the key that the log has named last, ${this.#last}: give that with --key too. If it still is not, an old copy is signing, or somebody who has an old key`,
      );
    return [...faults];
  }
}

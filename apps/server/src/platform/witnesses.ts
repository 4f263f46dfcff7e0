import { parseVerifierKey, type VerifierKey } from '@clerestory/tlog';
import { sha256 } from './hashing.ts';

/** A witness elsewhere. */
export interface WitnessAddress {
  /** Below it is `add-checkpoint`. */
  url: string;
  key: VerifierKey;
}

/**
 * Witnesses from the setting: `<address> <key>` each, separated by commas.
 * @throws RangeError in words.
 */
export function parseWitnesses(list: readonly string[]): WitnessAddress[] {
  return list.map((one) => {
    const [url = '', keyText = '', ...rest] = one.split(/\s+/);
    const key = parseVerifierKey(sha256, keyText);
    const isAddress = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
    if (!isAddress || rest.length > 0)
      throw new RangeError(
        `"${one}" is not an address and a key, such as "https://witness.example.org/ name+hash+key"`,
      );
    if (key?.type !== 4) throw new RangeError(`"${keyText}" is no key of a witness`);
    return { url: url.endsWith('/') ? url : `${url}/`, key };
  });
}

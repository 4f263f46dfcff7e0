import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import type { Ed25519, Sha256 } from '@clerestory/tlog';

/** Both come with Node (OpenSSL); nothing else of it does any of the checking. */
export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
/** Keys that were made ready; a check knows a handful. */
const ready = new Map<string, KeyObject>();
const mostReady = 100;

function keyObject(publicKey: Uint8Array): KeyObject {
  const der = Buffer.concat([spkiPrefix, publicKey]);
  const name = der.toString('base64');
  const key = ready.get(name) ?? createPublicKey({ key: der, format: 'der', type: 'spki' });
  if (ready.size < mostReady) ready.set(name, key);
  return key;
}

export const ed25519: Ed25519 = {
  verify: (publicKey, message, signature) => verify(null, message, keyObject(publicKey), signature),
};

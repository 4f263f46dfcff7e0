import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import type { Ed25519, Sha256 } from '@clerestory/tlog';

/** SHA-256 by OpenSSL, for the packages that bring none. */
export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');

/** What an Ed25519 public key begins with as SubjectPublicKeyInfo (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

export const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([spkiPrefix, bytes]), format: 'der', type: 'spki' });

/** Ed25519 by OpenSSL, which checks without the cofactor, as Go does. */
export const ed25519: Ed25519 = {
  verify: (publicKey, message, signature) => verify(null, message, publicKeyOf(publicKey), signature),
};

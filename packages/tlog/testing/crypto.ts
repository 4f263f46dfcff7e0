import { createPublicKey, hash, verify } from 'node:crypto';
import type { Ed25519, Sha256 } from '../src/index.ts';

/** The runtime's own, for tests. */
export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');

const spki = Buffer.from('302a300506032b6570032100', 'hex');

export const ed25519: Ed25519 = {
  verify(publicKey, message, signature) {
    const key = createPublicKey({ key: Buffer.concat([spki, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
};

export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

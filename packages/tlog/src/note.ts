import { concat, equalBytes, fromBase64, toBase64, utf8 } from './bytes.ts';
import type { Ed25519, Sha256 } from './hash.ts';

/** C2SP signed-note: what a signature is made with. 0x01 signs the text, 0x04 a checkpoint and the time (tlog-cosignature). */
export type SignatureType = 1 | 4;

/** A public key with its name, written as `<name>+<key id, 8 hex digits>+<base64(type || key)>`. */
export interface VerifierKey {
  name: string;
  id: Uint8Array;
  type: SignatureType;
  publicKey: Uint8Array;
}

export interface NoteSignature {
  name: string;
  id: Uint8Array;
  /** What follows the key id. */
  signature: Uint8Array;
}

export interface Note {
  /** Ends with a newline. */
  text: string;
  signatures: NoteSignature[];
}

const keyBytes = 32;
const idBytes = 4;
const signatureBytes = 64;
/** More is no note: somebody would have us check signatures without end. */
const maxSignatures = 100;

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const isName = (name: string) => name !== '' && !/[\p{White_Space}+]/u.test(name);

/** `SHA-256(name || "\n" || type || key)`, its first four bytes. */
export const keyId = (sha256: Sha256, name: string, type: SignatureType, publicKey: Uint8Array): Uint8Array =>
  sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), publicKey)).slice(0, idBytes);

/** @throws RangeError for a name with white space or a plus, or a key of another length. */
export function verifierKey(
  sha256: Sha256,
  name: string,
  type: SignatureType,
  publicKey: Uint8Array,
): VerifierKey {
  if (!isName(name)) throw new RangeError(`"${name}" is no key name: it has neither white space nor a plus`);
  if (publicKey.length !== keyBytes) throw new RangeError('an Ed25519 key has 32 bytes');
  return { name, type, publicKey, id: keyId(sha256, name, type, publicKey) };
}

export const formatVerifierKey = ({ name, id, type, publicKey }: VerifierKey): string =>
  `${name}+${hex(id)}+${toBase64(concat(Uint8Array.of(type), publicKey))}`;

/** Null for what is no verifier key, or none of the two types. */
export function parseVerifierKey(sha256: Sha256, text: string): VerifierKey | null {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text) ?? [];
  const bytes = fromBase64(encoded);
  const type = bytes?.[0];
  if (!isName(name) || !bytes || bytes.length !== keyBytes + 1 || (type !== 1 && type !== 4)) return null;
  const key = verifierKey(sha256, name, type, bytes.slice(1));
  return hex(key.id) === id ? key : null;
}

/** A line of its own at the end of a note, with its newline. */
export const signatureLine = ({ name, id, signature }: NoteSignature): string =>
  `— ${name} ${toBase64(concat(id, signature))}\n`;

export const formatNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map(signatureLine).join('')}`;

function parseSignature(line: string): NoteSignature | null {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (!isName(name) || !bytes || bytes.length <= idBytes) return null;
  return { name, id: bytes.slice(0, idBytes), signature: bytes.slice(idBytes) };
}

/** Signature lines alone, as a witness answers. Null when a line is none. */
export function parseSignatureLines(lines: string): NoteSignature[] | null {
  if (!lines.endsWith('\n')) return null;
  const all = lines.slice(0, -1).split('\n');
  if (all.length > maxSignatures) return null;
  const signatures = all.map(parseSignature);
  return signatures.every((one) => one !== null) ? signatures : null;
}

/** Null for what is no note. Nothing of it may be believed before `verifyNote`. */
export function parseNote(message: string): Note | null {
  // eslint-disable-next-line no-control-regex -- the specification names them
  if (/[\u0000-\u0009\u000b-\u001f]/.test(message)) return null;
  const end = message.lastIndexOf('\n\n');
  if (end < 0) return null;
  const signatures = parseSignatureLines(message.slice(end + 2));
  return signatures && { text: message.slice(0, end + 1), signatures };
}

/** What a signature of this key signs: the text, or the text behind the time of a cosignature. */
export function signedBytes(key: Pick<VerifierKey, 'type'>, text: string, timeS: number): Uint8Array {
  return utf8(key.type === 1 ? text : `cosignature/v1\ntime ${timeS}\n${text}`);
}

const timeBytes = 8;

/** The time of a cosignature, Unix seconds; null when it is not of that form. */
export function cosignatureTimeS({ signature }: Pick<NoteSignature, 'signature'>): number | null {
  if (signature.length !== timeBytes + signatureBytes) return null;
  const timeS = signature.subarray(0, timeBytes).reduce((sum, byte) => sum * 256 + byte, 0);
  return Number.isSafeInteger(timeS) ? timeS : null;
}

/** The signature part of a cosignature: time, then signature. */
export function timedSignature(timeS: number, signature: Uint8Array): Uint8Array {
  const time = new Uint8Array(timeBytes);
  let rest = timeS;
  for (let at = timeBytes - 1; at >= 0; at--) {
    time[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return concat(time, signature);
}

function isSignatureOf(
  ed25519: Ed25519,
  key: VerifierKey,
  text: string,
  { signature }: NoteSignature,
): boolean {
  if (key.type === 1)
    return (
      signature.length === signatureBytes &&
      ed25519.verify(key.publicKey, signedBytes(key, text, 0), signature)
    );
  const timeS = cosignatureTimeS({ signature });
  return (
    timeS !== null &&
    ed25519.verify(key.publicKey, signedBytes(key, text, timeS), signature.subarray(timeBytes))
  );
}

/**
 * `signed`: the keys that signed, with their signatures, each once. `fault`: a signature that names a known key and is
 * not its own, and then the whole note is not to be believed.
 */
export type NoteVerdict =
  { ok: true; signed: { key: VerifierKey; signature: NoteSignature }[] } | { ok: false; fault: string };

/** Signatures by unknown keys are passed over; one by a known key that does not verify makes the note worthless. */
export function verifyNote(ed25519: Ed25519, note: Note, keys: readonly VerifierKey[]): NoteVerdict {
  const signed: { key: VerifierKey; signature: NoteSignature }[] = [];
  for (const signature of note.signatures) {
    const key = keys.find(({ name, id }) => name === signature.name && equalBytes(id, signature.id));
    if (!key || signed.some((one) => one.key === key)) continue;
    if (!isSignatureOf(ed25519, key, note.text, signature))
      return { ok: false, fault: `the signature of ${key.name} is not its own` };
    signed.push({ key, signature });
  }
  return signed.length > 0
    ? { ok: true, signed }
    : { ok: false, fault: 'no signature is by a key that is known here' };
}

import { fromBase64, toBase64 } from './bytes.ts';

/** C2SP tlog-witness, `add-checkpoint`: a checkpoint, and that it goes on from the one of `oldSize`. */
export interface AddCheckpoint {
  oldSize: number;
  proof: Uint8Array[];
  /** The signed note. */
  checkpoint: string;
}

const maxProofLines = 63;
const hashBytes = 32;

export const formatAddCheckpoint = ({ oldSize, proof, checkpoint }: AddCheckpoint): string =>
  `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`;

/** Null for what is no such request. */
export function parseAddCheckpoint(body: string): AddCheckpoint | null {
  const end = body.indexOf('\n\n');
  if (end < 0) return null;
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const oldSize = Number(/^old (0|[1-9]\d*)$/.exec(first)?.[1] ?? Number.NaN);
  const proof = lines.map(fromBase64);
  if (!Number.isSafeInteger(oldSize) || lines.length > maxProofLines) return null;
  if (!proof.every((hash) => hash !== null && hash.length === hashBytes)) return null;
  return { oldSize, proof: proof as Uint8Array[], checkpoint: body.slice(end + 2) };
}

/** Of the answer 409, whose body says where the witness is. */
export const sizeType = 'text/x.tlog.size';

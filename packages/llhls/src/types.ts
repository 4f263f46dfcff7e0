/** Shapes shared by the reader, the packager and the playlists. Times in seconds or milliseconds, as named. */

import type { SpsFacts } from './sps.ts';

/** What a source is read for: its pictures or its sound. */
export type TrackKind = 'video' | 'audio';

/** The track of an init segment that is read. */
export interface TrackInfo {
  /** Default `video`. */
  kind?: TrackKind;
  /** RFC 6381, such as `avc1.64001f`, or `mp4a.40.2` for sound. */
  codec: string;
  /** Units per second of decode times. */
  timescale: number;
  /** Pixels; 0 for sound. */
  width: number;
  height: number;
  /** H.264 only: what its parameter set says; null when that cannot be read. */
  sps?: SpsFacts | null;
}

/** ftyp + moov. */
export interface InitUnit {
  kind: 'init';
  bytes: Uint8Array;
  track: TrackInfo;
}

/** One moof + mdat. */
export interface FragmentUnit {
  kind: 'fragment';
  bytes: Uint8Array;
  /** Decode time of the first sample, seconds (tfdt / timescale). */
  mediaS: number;
  durationS: number;
  samples: number;
  /** The first sample is a sync sample. */
  key: boolean;
  /** H.264, of a key fragment: whether its first sample is an IDR picture, with which every decoder can begin. */
  idr?: boolean;
  /**
   * Duration of each sample, seconds; present when the fragment can be cut between its samples (one track, one run
   * of samples). Without it a fragment stays whole in every part.
   */
  frameS?: readonly number[];
}

export type Fmp4Unit = InitUnit | FragmentUnit;

/** A fragment in the ring, as every door passes it on. */
export interface Chunk {
  generation: number;
  /** Position in its generation, from 0. */
  index: number;
  key: boolean;
  /** Unix ms of the first frame. */
  captureMs: number;
  mediaS: number;
  durationS: number;
  bytes: Uint8Array;
}

/** The running generation's init segment. */
export interface Init {
  generation: number;
  track: TrackInfo;
  bytes: Uint8Array;
}

/** What the LL-HLS door answers with; the byte arrays are sent one after the other. */
export interface Resource {
  kind: 'init' | 'segment' | 'part';
  bytes: Uint8Array[];
  contentType: string;
}

/** What health shows of a stream; null while unknown. */
export interface PackagerFacts {
  fps: number | null;
  bitrateKbps: number | null;
  /** Milliseconds between the last two key frames. */
  gopMs: number | null;
}

/** Shapes shared by the reader, the packager and the playlists. Times in seconds or milliseconds, as named. */

/** The video track of an init segment. */
export interface TrackInfo {
  /** RFC 6381, such as `avc1.64001f`. */
  codec: string;
  /** Units per second of decode times. */
  timescale: number;
  /** Pixels. */
  width: number;
  height: number;
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

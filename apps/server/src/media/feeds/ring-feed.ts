import type { Chunk, Init } from '@clerestory/llhls';
import { FeedError, type Feed } from './feed.ts';

/** A stream as a conversion reads it. */
export interface RingSource {
  /** How far what it gives is behind by what its own source says, ms. */
  readonly behindMs: number;
  readonly packager: { readonly init: Init | null; join(): Chunk[] };
  watch(listener: { onInit?(): void; onChunk?(chunk: Chunk): void; onRemoved?(): void }): () => void;
}

/** What the converting ffmpeg has not read yet beyond this is too much: it is not fast enough, bytes. */
const maxWaitingBytes = 32 * 1024 * 1024;

/** Everything of a stream from its last key frame on; ends when the stream begins anew. */
export const ringFeed =
  (source: RingSource): Feed =>
  (outlet, signal) =>
    new Promise((resolve, reject) => {
      const { init } = source.packager;
      if (!init) return resolve();
      outlet.behind?.(source.behindMs);
      outlet.write(init.bytes);
      for (const chunk of source.packager.join()) outlet.write(chunk.bytes);
      const end = (error?: FeedError) => {
        leave();
        if (error) reject(error);
        else resolve();
      };
      const leave = source.watch({
        onInit: () => end(new FeedError('The camera began anew; converting it again')),
        onRemoved: () => end(),
        onChunk: (chunk) => {
          if (outlet.waitingBytes > maxWaitingBytes)
            return end(
              new FeedError(
                'This machine is too busy to convert this stream: set the camera to H.264, or show fewer of its kind',
              ),
            );
          outlet.behind?.(source.behindMs);
          outlet.write(chunk.bytes);
        },
      });
      signal.addEventListener('abort', () => end(), { once: true });
    });

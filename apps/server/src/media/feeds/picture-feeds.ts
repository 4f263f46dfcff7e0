import { FeedError, pause, type Feed, type FeedOutlet } from './feed.ts';
import { HttpGetter, type Reach } from './http-get.ts';
import type { HttpLogin } from './http-login.ts';
import { framed, isJpeg, maxJpegBytes, MultipartReader } from './multipart.ts';

/** What waits for ffmpeg beyond this is left out: late pictures are worth nothing, bytes. */
const maxWaitingBytes = 1024 * 1024;
/** A snapshot is shown again this often until the next is there, so that players run on, ms. */
const repeatMs = 500;
/** After so many failures in a row a snapshot camera counts as gone. */
const maxFailures = 3;

const notJpeg = 'The camera answers, but not with a JPEG picture';

function show(outlet: FeedOutlet, jpeg: Uint8Array): void {
  if (outlet.waitingBytes < maxWaitingBytes) outlet.write(framed(jpeg));
}

/** Pictures as they come in one endless answer; a single JPEG instead is told as what it is. */
export const mjpegFeed =
  (address: string, login: HttpLogin | null, reach: Reach): Feed =>
  async (outlet, signal) => {
    const getter = new HttpGetter(reach, login);
    try {
      const { body } = await getter.get(address, { signal });
      const type = body.headers['content-type'] ?? '';
      if (/^image\/jpe?g/i.test(type))
        throw new FeedError(
          'That address gives one picture at a time: choose "Snapshots" for it',
          'unsupported',
        );
      if (!/multipart/i.test(type))
        throw new FeedError('The camera answers, but not with a stream of JPEG pictures');
      const reader = new MultipartReader();
      for await (const piece of body as AsyncIterable<Buffer>)
        for (const jpeg of reader.push(piece)) {
          if (!isJpeg(jpeg)) throw new FeedError(notJpeg);
          show(outlet, jpeg);
        }
      throw new FeedError('The camera ended the stream');
    } finally {
      getter.close();
    }
  };

/** Asks for a picture every `everyMs` and shows it again meanwhile, until asking fails several times in a row. */
export const snapshotFeed =
  (address: string, everyMs: number, login: HttpLogin | null, reach: Reach): Feed =>
  async (outlet, signal) => {
    const getter = new HttpGetter(reach, login);
    let failures = 0;
    try {
      while (!signal.aborted) {
        const askedMs = performance.now();
        const jpeg = await getter
          .getWhole(address, maxJpegBytes, { signal })
          .then(({ bytes }) => bytes)
          .catch((error: unknown) => {
            failures += 1;
            if (failures >= maxFailures || (error instanceof FeedError && error.failure.state !== 'backoff'))
              throw error;
            return null;
          });
        if (jpeg && !isJpeg(jpeg)) throw new FeedError(notJpeg);
        if (jpeg) failures = 0;
        for (let first = true; ; first = false) {
          const leftMs = everyMs - (performance.now() - askedMs);
          if (jpeg && (first || leftMs > 1)) show(outlet, jpeg);
          if (leftMs <= 1 || signal.aborted) break;
          await pause(Math.min(repeatMs, leftMs), signal);
        }
      }
    } finally {
      getter.close();
    }
  };

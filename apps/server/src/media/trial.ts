import { TargetDuration } from '@clerestory/llhls';
import type { IngestState, TrialOrder, TrialOutcome } from '@clerestory/protocol';
import { trialPictureArgs } from './ffmpeg-args.ts';
import { Stream, type StreamDeps } from './stream.ts';

/** Sources that are tried at the same time. */
const maxTrials = 2;
/** A key frame may take this long to come, ms. */
const trialMs = 15_000;
const encodeMs = 5_000;
/** Largest picture: it goes over the link in one message of at most 64 KB, in base64, bytes. */
const maxPictureBytes = 44 * 1024;

const hopeless = new Set<IngestState>(['backoff', 'unauthorized', 'unsupported']);

/** Takes one picture from a source that is not registered: the same way as from a camera, and then nothing more. */
export class Trials {
  readonly #deps: StreamDeps;
  #running = 0;
  #count = 0;

  constructor(deps: StreamDeps) {
    this.#deps = deps;
  }

  async run({ source, stream: name, shunned }: TrialOrder): Promise<TrialOutcome> {
    if (this.#running >= maxTrials)
      return { ok: false, reason: 'Other cameras are being tried. Try again in a few seconds' };
    this.#running += 1;
    const id = `trial-${(this.#count += 1)}`;
    const { tools } = this.#deps;
    // Asked again at each connection: a name or a redirect may lead elsewhere by then.
    const reach = { ...tools.reach, shunned: new Set(shunned) };
    const stream = new Stream(
      id,
      name,
      source,
      { ...this.#deps, tools: { ...tools, reach } },
      {
        targetDuration: new TargetDuration(),
        keepsPast: false,
      },
    );
    try {
      return await this.#look(stream);
    } finally {
      stream.remove();
      this.#running -= 1;
    }
  }

  async #look(stream: Stream): Promise<TrialOutcome> {
    const over = new AbortController();
    let failure = '';
    stream.watch({
      onState: (state, reason) => {
        if (!hopeless.has(state)) return;
        failure ||= reason;
        over.abort();
      },
    });
    if (hopeless.has(stream.state)) return { ok: false, reason: stream.reason };
    const seen = () => stream.live && stream.packager.lastKeyChunk() !== null;
    const there = await stream.until(seen, trialMs, over.signal);
    const { init } = stream.packager;
    const chunk = stream.packager.lastKeyChunk();
    if (!there || !init || !chunk)
      return {
        ok: false,
        reason: failure || `No picture within ${trialMs / 1000} s. ${stream.reason}`.trim(),
      };
    const { codec = '', width = 0, height = 0 } = stream.track ?? {};
    const jpeg = await this.#encode([init.bytes, chunk.bytes]);
    if (!jpeg)
      return { ok: false, reason: `The stream arrives (${codec}), but no picture could be made of it` };
    return { ok: true, picture: { jpeg: jpeg.toString('base64'), codec, width, height } };
  }

  #encode(stdin: Uint8Array[]): Promise<Buffer | null> {
    const { ffmpeg, clock } = this.#deps;
    return new Promise((resolve) => {
      const pieces: Uint8Array[] = [];
      let size = 0;
      const process = ffmpeg.start({
        args: trialPictureArgs,
        ...{ stdin, secrets: [] },
        onBytes: (bytes) => {
          size += bytes.length;
          if (size <= maxPictureBytes) pieces.push(bytes);
          else process.kill();
        },
        onEnd: ({ code }) => {
          callOff();
          resolve(code === 0 && size > 0 && size <= maxPictureBytes ? Buffer.concat(pieces) : null);
        },
      });
      const callOff = clock.after(encodeMs, () => process.kill());
    });
  }
}

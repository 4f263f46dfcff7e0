import type { StreamName } from '@clerestory/protocol';

/** A still older than this is not shown: the server may have nothing newer. */
export const posterMaxAgeMs = 30_000;
const posterTimeoutMs = 5_000;

/** Reads `X-Captured-At`: Unix ms or an ISO date. Null where the header is absent or means nothing. */
export function capturedAt(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const value = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) : Date.parse(header);
  return Number.isFinite(value) ? value : null;
}

/** The last key frame as a still, while the first live frame is on its way. */
export class Poster {
  readonly image: HTMLImageElement;
  /** Unix ms on the server's clock; null while not known. */
  captureMs: number | null = null;
  readonly #abort = new AbortController();
  #url: string | null = null;

  /** Starts fetching; `onShown` is called once the still is on the stage. No poster is no fault. */
  constructor(stage: HTMLElement, mediaUrl: string, camera: string, stream: StreamName, onShown: () => void) {
    this.image = document.createElement('img');
    this.image.alt = '';
    this.image.className = 'tile__poster';
    const address = `${mediaUrl}/live/${camera}/${stream}/poster.jpg?maxAgeS=${posterMaxAgeMs / 1000}`;
    void this.#load(address, stage, onShown);
  }

  get shown(): boolean {
    return this.image.isConnected;
  }

  /** The first frame is there; the still goes, and none comes later. */
  hide(): void {
    if (!this.#abort.signal.aborted) this.destroy();
  }

  destroy(): void {
    this.#abort.abort();
    this.image.remove();
    if (this.#url !== null) URL.revokeObjectURL(this.#url);
    this.#url = null;
  }

  async #load(address: string, stage: HTMLElement, onShown: () => void): Promise<void> {
    const timer = setTimeout(() => this.#abort.abort(), posterTimeoutMs);
    try {
      // The media node knows the viewer by the cookie, as the push socket does.
      const answer = await fetch(address, {
        signal: this.#abort.signal,
        cache: 'no-store',
        credentials: 'include',
      });
      if (!answer.ok || answer.status === 204) return;
      this.captureMs = capturedAt(answer.headers.get('X-Captured-At'));
      const bytes = await answer.blob();
      if (this.#abort.signal.aborted) return;
      this.#url = URL.createObjectURL(bytes);
      this.image.src = this.#url;
      await this.image.decode();
      if (this.#abort.signal.aborted) return;
      stage.append(this.image);
      onShown();
    } catch {
      // The tile says "connecting" without a still.
    } finally {
      clearTimeout(timer);
    }
  }
}

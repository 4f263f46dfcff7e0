import type { Outage } from '@clerestory/protocol';
import { ago } from '../../ui/health-words.ts';
import { shortTime } from '../../ui/time.ts';

/** Reasons of a camera that is there and has something else at its address. */
const wrongAddress =
  /no stream at that path|answers, but not with|sends no video|name of the camera is not known|address cannot be used/i;

const dayMs = 24 * 60 * 60_000;

/** "14:05, 3 h ago"; with its date where that was not within a day. */
export function momentWords(atMs: number, nowMs: number): string {
  const date = nowMs - atMs > dayMs ? `${new Date(atMs).toISOString().slice(5, 10)} ` : '';
  return `${date}${shortTime(atMs)}, ${ago(atMs, nowMs)} ago`;
}

/** "2 h": how long it lasted, or has lasted. */
export const lengthWords = ({ from, until }: Outage, nowMs: number): string => ago(from, until ?? nowMs);

/** What somebody can do about it now. */
export function nextStep({ cause, state, reason }: Pick<Outage, 'cause' | 'state' | 'reason'>): string {
  switch (cause.kind) {
    case 'server':
      return 'It comes back by itself. If it stays, look at the log of the server.';
    case 'host':
      return 'Check the recorder or host behind them: its power, its network, its load.';
    case 'network':
      return 'Check the switch or the line that they share.';
    case 'site':
      return 'Check power and network at that site before any single camera.';
    case 'camera':
      if (state === 'offline' && wrongAddress.test(reason)) return 'Correct the address of this camera.';
      return state === 'unauthorized'
        ? 'Correct the login of this camera.'
        : state === 'unsupported'
          ? 'Set the camera to H.264, or choose another of its streams.'
          : 'Check its power and its cable; then whether its address is still the same.';
  }
}

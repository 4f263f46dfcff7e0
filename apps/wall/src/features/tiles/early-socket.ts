import type { MediaAddress } from '@clerestory/protocol';
import { deliveryAsked, mediaBaseUrl } from '../../state/media-address.ts';

/** The media node's push socket, by the media node's address. */
export const pushUrl = (mediaUrl: string): string => `${mediaUrl.replace(/^http/, 'ws')}/push`;

/** Where the media node is, as the server wrote it into the page: a port on this host, or a path; null where it knew none. */
export function mediaInPage(page: Document = document): MediaAddress | null {
  const text = page.querySelector<HTMLMetaElement>('meta[name="clerestory-media"]')?.content ?? '';
  if (/^\/[a-z]/.test(text)) return { port: null, url: text };
  return /^[1-9]\d{0,4}$/.test(text) ? { port: Number(text), url: null } : null;
}

let early: WebSocket | null = null;

/**
 * Opens the socket to the pictures while the code that will use it is still on its way: opening takes as long as
 * reading that code. Nothing where the page names no port or asks for another road.
 */
export function openEarly(): void {
  const mediaUrl = mediaBaseUrl(mediaInPage(), window.location);
  if (mediaUrl === null || deliveryAsked(window.location.search) !== null) return;
  early = new WebSocket(pushUrl(mediaUrl));
}

/** Hands that socket over, once; null where there is none for this address, or it has failed. */
export function takeEarly(url: string): WebSocket | null {
  const socket = early;
  early = null;
  if (!socket) return null;
  if (socket.url === url && socket.readyState <= WebSocket.OPEN) return socket;
  socket.close();
  return null;
}

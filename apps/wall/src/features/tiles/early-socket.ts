import { deliveryAsked, mediaBaseUrl } from '../../state/media-address.ts';

/** The media node's push socket, by the media node's address. */
export const pushUrl = (mediaUrl: string): string => `${mediaUrl.replace(/^http/, 'ws')}/push`;

/** The media node's port on this page's host, as the server wrote it into the page; null where it knew none. */
export function portInPage(page: Document = document): number | null {
  const text = page.querySelector<HTMLMetaElement>('meta[name="clerestory-media-port"]')?.content ?? '';
  return /^[1-9]\d{0,4}$/.test(text) ? Number(text) : null;
}

let early: WebSocket | null = null;

/**
 * Opens the socket to the pictures while the code that will use it is still on its way: opening takes as long as
 * reading that code. Nothing where the page names no port or asks for another road.
 */
export function openEarly(): void {
  const mediaUrl = mediaBaseUrl({ port: portInPage(), url: null }, window.location);
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

import type { MediaAddress } from '@clerestory/protocol';

/** By which road live pictures come: the push socket, or LL-HLS over HTTP. */
export type Delivery = 'push' | 'llhls';

/** Where the media node's doors are, without a slash at the end; null while not known. */
export function mediaBaseUrl(
  address: MediaAddress | null,
  page: { protocol: string; hostname: string; origin: string },
): string | null {
  if (address === null) return null;
  if (address.url !== null) return new URL(address.url, page.origin).href.replace(/\/+$/, '');
  return address.port === null ? null : `${page.protocol}//${page.hostname}:${address.port}`;
}

/** The road asked for in the page's address: `?delivery=llhls`; null where it is left to us. */
export const deliveryAsked = (search: string): Delivery | null =>
  new URLSearchParams(search).get('delivery') === 'llhls' ? 'llhls' : null;

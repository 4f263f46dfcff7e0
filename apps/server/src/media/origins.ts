/** Which pages may use the doors: a list of exact origins, or the pages that this host itself serves. */
export type AllowedOrigins = readonly string[] | 'same-host';

/** Host name of a Host header or of an origin, lower case, without port; null when it is none. */
function hostnameOf(authority: string): string | null {
  try {
    return new URL(authority.includes('://') ? authority : `http://${authority}`).hostname.toLowerCase();
  } catch {
    return null;
  }
}

const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
const isNumeric = (hostname: string) => /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname) || hostname.startsWith('[');

/**
 * Whether a request was meant for us. A foreign page can point a name of its own at our address (DNS rebinding); then
 * the Host header tells on it. Good are loopback, bare addresses, the host we listen on and the hosts of allowed origins.
 */
export function hostAllowed(host: string | undefined, ownHost: string, allowed: AllowedOrigins): boolean {
  const hostname = host === undefined ? null : hostnameOf(host);
  if (hostname === null) return false;
  if (isLoopback(hostname) || isNumeric(hostname) || hostname === ownHost.toLowerCase()) return true;
  return allowed !== 'same-host' && allowed.some((origin) => hostnameOf(origin) === hostname);
}

/**
 * Whether a page of that origin may use us. Programs that are no browser send no Origin: they pass, the gate still
 * decides what they see. `same-host`: the page's host name is the one by which it reached us, or loopback both.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: AllowedOrigins,
): boolean {
  if (origin === undefined) return true;
  if (allowed !== 'same-host') return allowed.includes(origin);
  if (!/^https?:\/\//i.test(origin)) return false;
  const [page, own] = [hostnameOf(origin), host === undefined ? null : hostnameOf(host)];
  if (page === null || own === null) return false;
  return page === own || (isLoopback(page) && isLoopback(own));
}

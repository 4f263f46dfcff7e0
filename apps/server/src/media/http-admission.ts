import type { Admission } from './admission.ts';
import { HttpProblem, type Exchange } from './http-answer.ts';

/** A link for another player: the token first, so that the relative addresses of the playlists keep it. */
const playerPath = /^\/player\/([A-Za-z0-9_-]{43})(\/.*)$/;
const cameraPath = /^\/live\/([^/]+)\//;

/**
 * Says who asks over HTTP: by cookie, or by the token of a player's link, which is taken out of the address. Cuts the
 * connection off when the viewer or the grant ends meanwhile. Of those whom nobody knows only so many are let through to
 * control: `takeAsStranger` counts one and says how many seconds to wait. Returns how to leave. Throws HttpProblem.
 */
export async function admitHttp(
  admission: Admission,
  exchange: Exchange,
  takeAsStranger: () => number,
): Promise<() => void> {
  const { request, url } = exchange;
  const link = playerPath.exec(url.pathname);
  const keys = link ? [admission.keyOf(link[1] ?? '')] : admission.keysOf(request.headers.cookie);
  if (link) url.pathname = `/live${link[2]}`;
  const waitS = admission.isKnown(keys) ? 0 : takeAsStranger();
  if (waitS > 0)
    throw new HttpProblem(
      'too-many',
      `Too many requests without a sign-in come from here. Try again in ${waitS} s`,
      waitS,
    );
  const known = await admission.known(keys);
  if (known === null)
    throw new HttpProblem('unavailable', 'The server cannot be asked just now who this is. Try again', 2);
  if (known.length === 0) throw new HttpProblem('unauthenticated', 'Sign in first');
  const camera = cameraPath.exec(url.pathname)?.[1];
  // Reset, not closed: what waits in the kernel does not leave either.
  const cut = () => void request.socket.resetAndDestroy();
  exchange.viewer = `http-${known.join('+')}`;
  return admission.enter(exchange.viewer, known, {
    gone: cut,
    ended: (one, _reason, scope) => {
      if (one === camera && scope === 'live') cut();
    },
  });
}

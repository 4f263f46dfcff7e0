import { useCallback, useEffect, useState } from 'react';

/** The token of a one-time link, which stands behind the `#` so that no server log has it. */
const tokenHere = () => /^#link=([\w-]{43})$/.exec(location.hash)?.[1] ?? null;

export interface FollowedLink {
  token: string | null;
  /** It was used already, or is too old. */
  hasLapsed: boolean;
  /** It is done with. */
  end(hasLapsed?: boolean): void;
}

/** The link by which this page was opened, whoever is signed in; also one that is opened in the same window later. */
export function useLink(): FollowedLink {
  const [token, setToken] = useState(tokenHere);
  const [hasLapsed, setLapsed] = useState(false);
  useEffect(() => {
    const look = () => setToken((before) => tokenHere() ?? before);
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, []);
  const end = useCallback((lapsed = false) => {
    history.replaceState(null, '', location.pathname);
    setLapsed(lapsed);
    setToken(null);
  }, []);
  return { token, hasLapsed, end };
}

import { useEffect, useState } from 'react';
import { serverNowMs } from './server-now.ts';

/** The server's clock, Unix ms, anew each second while it is needed. */
export function useNow(needed = true): number {
  const [nowMs, setNowMs] = useState(serverNowMs);
  useEffect(() => {
    if (!needed) return;
    const timer = setInterval(() => setNowMs(serverNowMs()), 1_000);
    return () => clearInterval(timer);
  }, [needed]);
  return nowMs;
}

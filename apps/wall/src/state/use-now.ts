import { useEffect, useState } from 'react';

/** Unix ms, anew each second while it is needed. */
export function useNow(needed: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!needed) return;
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [needed]);
  return nowMs;
}

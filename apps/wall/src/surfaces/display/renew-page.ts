/** At most one reload per this time, however often the reason comes back. */
const reloadEveryMs = 60_000;
const storageKey = 'clerestory.reloaded-at';

/**
 * The page's content-security policy names the media node's address as it was when the page was loaded. When the
 * node has moved since, the browser blocks the road to the new one, and only a new page gets the new policy.
 * Returns the function that ends it.
 */
export function renewWhenBlocked(
  storage: Pick<Storage, 'getItem' | 'setItem'> = sessionStorage,
  reload: () => void = () => location.reload(),
  nowMs: () => number = () => Date.now(),
): () => void {
  const blocked = (event: SecurityPolicyViolationEvent) => {
    if (event.effectiveDirective !== 'connect-src') return;
    const agoMs = nowMs() - Number(storage.getItem(storageKey) ?? 0);
    // A clock that was set back must not forbid it for ever.
    if (agoMs >= 0 && agoMs < reloadEveryMs) return;
    storage.setItem(storageKey, String(nowMs()));
    reload();
  };
  document.addEventListener('securitypolicyviolation', blocked);
  return () => document.removeEventListener('securitypolicyviolation', blocked);
}

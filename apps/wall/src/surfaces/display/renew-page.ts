/** At most one reload per this time, however often the reason comes back. */
export const reloadEveryMs = 60_000;
const storageKey = 'clerestory.reloaded-at';

/** What of the page is needed; a test gives its own. */
export interface Renewal {
  page: EventTarget;
  /** Outlives the reload, so that it can be counted. */
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  reload: () => void;
  nowMs: () => number;
}

const thisPage = (): Renewal => ({
  page: document,
  storage: sessionStorage,
  reload: () => location.reload(),
  nowMs: () => Date.now(),
});

const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).host : null);

/**
 * The page's content-security policy names the media node's address as it was when the page was loaded. When the
 * node has moved since (`mediaUrl`), the browser blocks the road to the new place, and only a new page gets the new
 * policy. Returns the function that ends it.
 */
export function renewWhenBlocked(
  mediaUrl: () => string | null,
  { page, storage, reload, nowMs }: Renewal = thisPage(),
): () => void {
  const blocked = (event: Event) => {
    const { effectiveDirective, blockedURI } = event as SecurityPolicyViolationEvent;
    const media = mediaUrl();
    if (effectiveDirective !== 'connect-src' || media === null || hostOf(blockedURI) !== hostOf(media))
      return;
    const agoMs = nowMs() - Number(storage.getItem(storageKey) ?? 0);
    // A clock that was set back must not forbid it for ever.
    if (agoMs >= 0 && agoMs < reloadEveryMs) return;
    storage.setItem(storageKey, String(nowMs()));
    reload();
  };
  page.addEventListener('securitypolicyviolation', blocked);
  return () => page.removeEventListener('securitypolicyviolation', blocked);
}

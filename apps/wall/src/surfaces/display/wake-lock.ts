/**
 * Keeps the screen from switching itself off, where the browser can (Screen Wake Lock, secure origins only). The lock
 * falls whenever the page is hidden, so it is asked for again each time it is shown. The answer lets go of it.
 */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let stopped = false;
  const ask = async () => {
    if (!('wakeLock' in navigator) || document.visibilityState !== 'visible') return;
    try {
      const got = await navigator.wakeLock.request('screen');
      if (stopped) void got.release();
      else lock = got;
    } catch {
      // Low battery or policy: the operating system decides then.
    }
  };
  const onVisible = () => void ask();
  document.addEventListener('visibilitychange', onVisible);
  void ask();
  return () => {
    stopped = true;
    document.removeEventListener('visibilitychange', onVisible);
    void lock?.release();
  };
}

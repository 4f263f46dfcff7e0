/** Does something now and then every `everyMs`, and keeps no process up for it. Returns what ends that. */
export function repeat(everyMs: number, work: () => unknown): () => void {
  const timer = setInterval(() => void work(), everyMs);
  timer.unref();
  void work();
  return () => clearInterval(timer);
}

import { useNow } from '../../state/use-now.ts';

/** How long a camera is still somebody's who moves it no more. */
export function FreeIn({ until }: { until: number }) {
  const leftS = Math.max(0, Math.round((until - useNow()) / 1_000));
  return <span className="ptz-free"> · free in {leftS} s</span>;
}

import type { Screen, ScreenStatus } from '@clerestory/protocol';
import { layoutOf } from '@clerestory/layout';

/** Proportions of a screen, width by height: its window's own, else what its layout is made for. */
export function aspectOf(screen: Screen, status: ScreenStatus | undefined): number {
  const report = status?.connected ? status.report : null;
  if (report && report.width > 0 && report.height > 0) {
    const own = report.width / report.height;
    // A window dragged to a ribbon would leave nothing to work on.
    return Math.min(2.4, Math.max(0.45, own));
  }
  return layoutOf(screen.layout).portrait ? 9 / 16 : 16 / 9;
}

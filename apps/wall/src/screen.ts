import { openEarly } from './features/tiles/early-socket.ts';

/**
 * A page's first look into its storage waits for another process of the browser; here the rest of the code is still on
 * its way meanwhile.
 */
function touchStorage(): void {
  try {
    localStorage.getItem('');
  } catch {
    // Closed to us: the page lives without.
  }
}

/** Code that did not come is asked for anew after this time, with the page: nobody stands by to reload a screen. */
const reloadMs = 5_000;

// The page's first script is this small so that it runs at once; `screen.html` asks for all the rest at the same time.
openEarly();
import('./screen-app.tsx').catch(() => setTimeout(() => location.reload(), reloadMs));
touchStorage();

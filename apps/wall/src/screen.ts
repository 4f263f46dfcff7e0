import { openEarly } from './features/tiles/early-socket.ts';

/** Code that did not come is asked for anew after this time, with the page: nobody stands by to reload a screen. */
const reloadMs = 5_000;

// The page's first script is this small so that it runs at once; `screen.html` asks for all the rest at the same time.
openEarly();
import('./screen-app.tsx').catch(() => setTimeout(() => location.reload(), reloadMs));

import '@fontsource-variable/inter/wght.css';
import './ui/theme.css';
import './ui/base.css';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { routeOf } from './route.ts';

// One chunk each: a screen loads nothing of the console, and the other way round.
const Console = lazy(() => import('./surfaces/console/Console.tsx').then((m) => ({ default: m.Console })));
const Display = lazy(() => import('./surfaces/display/Display.tsx').then((m) => ({ default: m.Display })));
const NoSuchPage = lazy(() =>
  import('./surfaces/missing/NoSuchPage.tsx').then((m) => ({ default: m.NoSuchPage })),
);

function Surface() {
  const route = routeOf(location.pathname);
  if (route.surface === 'console') return <Console />;
  if (route.surface === 'screen') return <Display screenId={route.screen} />;
  return <NoSuchPage path={location.pathname} />;
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has lost its #root element');
createRoot(root).render(
  <StrictMode>
    <Suspense fallback={null}>
      <Surface />
    </Suspense>
  </StrictMode>,
);

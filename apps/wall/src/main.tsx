import '@fontsource-variable/inter/wght.css';
import './ui/theme.css';
import './ui/base.css';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { SessionGate } from './features/people/SessionGate.tsx';
import { routeOf } from './route.ts';

// A screen (`/screen/<id>`) is a page of its own, see screen.html.
const Console = lazy(() => import('./surfaces/console/Console.tsx').then((m) => ({ default: m.Console })));
const Admin = lazy(() => import('./surfaces/admin/Admin.tsx').then((m) => ({ default: m.Admin })));
const Fleet = lazy(() => import('./surfaces/fleet/Fleet.tsx').then((m) => ({ default: m.Fleet })));
const WorkstationPage = lazy(() =>
  import('./surfaces/workstation/WorkstationPage.tsx').then((m) => ({ default: m.WorkstationPage })),
);
const NoSuchPage = lazy(() =>
  import('./surfaces/missing/NoSuchPage.tsx').then((m) => ({ default: m.NoSuchPage })),
);

function Surface() {
  const route = routeOf(location.pathname);
  switch (route.surface) {
    case 'console':
      return (
        <SessionGate>
          <Console />
        </SessionGate>
      );
    case 'admin':
      return (
        <SessionGate>
          <Admin />
        </SessionGate>
      );
    case 'fleet':
      return (
        <SessionGate>
          <Fleet />
        </SessionGate>
      );
    case 'workstation':
      return (
        <SessionGate>
          <WorkstationPage number={route.number} />
        </SessionGate>
      );
  }
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

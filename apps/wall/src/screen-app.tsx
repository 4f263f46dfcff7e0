import '@fontsource-variable/inter/wght.css';
import './ui/theme.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PairingPage } from './features/pairing/PairingPage.tsx';
import { routeOf } from './route.ts';
import { Display } from './surfaces/display/index.ts';
import { NoSuchPage } from './surfaces/missing/NoSuchPage.tsx';
import { startSync } from './sync/index.ts';

const route = routeOf(location.pathname);
const root = document.getElementById('root');
if (!root) throw new Error('screen.html has lost its #root element');

function page() {
  // Before anything is drawn: the wall's state is on its way meanwhile.
  if (route.surface === 'screen')
    return <Display screenId={route.screen} sync={startSync({ surface: 'screen', screen: route.screen })} />;
  if (route.surface === 'pairing')
    return <PairingPage onPaired={(screen) => location.assign(`/screen/${screen}`)} />;
  return <NoSuchPage path={location.pathname} />;
}
createRoot(root).render(<StrictMode>{page()}</StrictMode>);

import { Button } from './ui/Button.tsx';
import { Frame } from './ui/Frame.tsx';
import { CameraPage } from './features/cameras/CameraPage.tsx';
import { Home } from './features/cameras/Home.tsx';
import { Register } from './features/cameras/Register.tsx';
import { Published } from './features/requests/Published.tsx';
import { Requests } from './features/requests/Requests.tsx';
import { Settings } from './features/settings/Settings.tsx';
import { SignIn } from './features/sign-in/SignIn.tsx';
import { go, paths, routeOf, usePath, type Route } from './route.ts';
import { SessionProvider, useSession } from './state/session.tsx';
import { useWords, WordsProvider } from './words/index.tsx';

export function App() {
  return (
    <WordsProvider>
      <SessionProvider>
        <Pages />
      </SessionProvider>
    </WordsProvider>
  );
}

function Pages() {
  const route = routeOf(usePath());
  return <Frame>{route.page === 'public' ? <Published /> : <OwnersOnly route={route} />}</Frame>;
}

function OwnersOnly({ route }: { route: Route }) {
  const { known, look } = useSession();
  const words = useWords();
  if (known.state === 'loading') return <p role="status">{words.wait}</p>;
  if (known.state === 'unreachable')
    return (
      <div className="stack">
        <p role="alert">{words.unreachable}</p>
        <Button onClick={() => void look()}>{words.again}</Button>
      </div>
    );
  if (!known.me) return <SignIn road={known.road} />;
  switch (route.page) {
    case 'home':
      return <Home heldUntil={known.me.heldUntil} />;
    case 'camera':
      return <CameraPage camera={route.camera} />;
    case 'register':
      return <Register />;
    case 'requests':
      return <Requests me={known.me} />;
    case 'settings':
      return <Settings me={known.me} />;
    default:
      return <Missing />;
  }
}

function Missing() {
  const words = useWords();
  return (
    <div className="stack">
      <h1>{words.noPage}</h1>
      <Button onClick={() => go(paths.home)}>{words.toStart}</Button>
    </div>
  );
}

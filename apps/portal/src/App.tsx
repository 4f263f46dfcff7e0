import { Button } from './ui/Button.tsx';
import { Frame } from './ui/Frame.tsx';
import { CameraPage } from './features/cameras/CameraPage.tsx';
import { Home } from './features/cameras/Home.tsx';
import { Register } from './features/cameras/Register.tsx';
import { Published } from './features/requests/Published.tsx';
import { Requests } from './features/requests/Requests.tsx';
import { Settings } from './features/settings/Settings.tsx';
import { FollowLink } from './features/sign-in/FollowLink.tsx';
import { SignIn } from './features/sign-in/SignIn.tsx';
import { go, paths, routeOf, usePath, type Route } from './route.ts';
import { useLink } from './state/link.ts';
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
  const link = useLink();
  const words = useWords();
  return (
    <Frame>
      {link.token !== null ? (
        <FollowLink key={link.token} token={link.token} end={link.end} />
      ) : (
        <div className="stack">
          {link.hasLapsed && (
            <p className="notice" role="alert">
              {words.signIn.lapsed}
            </p>
          )}
          {route.page === 'public' ? <Published /> : <OwnersOnly route={route} />}
        </div>
      )}
    </Frame>
  );
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
      return <Settings me={known.me} road={known.road} />;
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

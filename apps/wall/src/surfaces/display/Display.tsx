import type { Screen } from '@clerestory/protocol';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { PairingPage } from '../../features/pairing/PairingPage.tsx';
import { HiddenTile, pageMedia, TileGrid, type TileReporters } from '../../features/tiles/index.ts';
import { useHidden } from '../../state/hidden.ts';
import { readServerClock } from '../../state/server-now.ts';
import { wallStore } from '../../state/store.ts';
import { useShown } from '../../state/use-shown.ts';
import { useWall } from '../../state/use-wall.ts';
import type { Sync } from '../../sync/index.ts';
import { HangVeil } from './HangVeil.tsx';
import { LinkNote } from './LinkNote.tsx';
import { Blank, Notices } from './Notices.tsx';
import { useOrders } from './orders.ts';
import { renewWhenBlocked } from './renew-page.ts';
import { ScreenReporter } from './reporter.ts';
import { keepAwake } from './wake-lock.ts';
import './display.css';

/** The pointer hides after this much rest. */
const pointerRestMs = 3_000;

/** Starts anew as the screen that this browser has become. */
const becomeScreen = (screen: string) => location.assign(`/screen/${screen}`);

/** A screen of the wall at `/screen/<id>`: shows what its wall says, for ever, with nobody at the keyboard. */
export function Display({ screenId, sync }: { screenId: string; sync: Sync }) {
  const wall = useWall((store) => store.wall);
  const screen = wall?.screens.find((candidate) => candidate.id === screenId) ?? null;
  const reporters = useMemo<TileReporters>(() => new Map(), []);
  const reporter = useRef<ScreenReporter | null>(null);

  const notice = useOrders(sync, screenId);
  const index = wall?.screens.findIndex(({ id }) => id === screenId) ?? -1;

  useEffect(() => {
    readServerClock(() => sync.serverNowMs());
    // The socket to the pictures opens as soon as its address is known, before there is a tile.
    pageMedia();
    const made = new ScreenReporter(
      sync,
      screenId,
      reporters,
      () => wallStore.getState().wall?.sequence ?? 0,
      () => wallStore.getState().wall?.screens.some(({ id, blank }) => id === screenId && blank) ?? false,
    );
    reporter.current = made;
    const letSleep = keepAwake();
    const leavePolicy = renewWhenBlocked(() => pageMedia().url);
    return () => {
      letSleep();
      leavePolicy();
      made.stop();
      reporter.current = null;
    };
  }, [screenId, sync, reporters]);
  const changed = useMemo(() => () => reporter.current?.changed(), []);
  useEffect(() => reporter.current?.changed(), [screen]);
  const pointer = usePointerRest();
  const unpaired = useWall(({ link }) => link.state === 'refused' && link.code === 'unauthenticated');
  if (unpaired) return <PairingPage onPaired={becomeScreen} />;

  return (
    <main className="display" data-pointer={pointer} data-screen={screenId}>
      {screen?.blank ? (
        <Blank {...screen.blank} />
      ) : screen ? (
        <Shown screen={screen} reporters={reporters} onChange={changed} />
      ) : (
        <NoScreen screenId={screenId} wallKnown={wall !== null} />
      )}
      <Notices notice={notice} name={screen?.name ?? screenId} number={index + 1} />
      <LinkNote />
      <HangVeil />
    </main>
  );
}

function Shown({ screen, ...rest }: { screen: Screen; reporters: TileReporters; onChange: () => void }) {
  const shown = useShown(screen).screen;
  const hidden = useHidden();
  const isHidden = (tile: number) => hidden.has(shown.tiles[String(tile)]?.camera ?? '');
  // A hidden tile asks for no picture; the server would give none either.
  const open = useMemo(() => {
    const tiles = Object.entries(shown.tiles).filter(([, { camera }]) => !hidden.has(camera));
    return tiles.length === Object.keys(shown.tiles).length
      ? shown
      : { ...shown, tiles: Object.fromEntries(tiles) };
  }, [shown, hidden]);
  const empty = Object.keys(shown.tiles).length === 0;
  return (
    <>
      <TileGrid {...rest} screen={open} overlay={(tile) => isHidden(tile) && <HiddenTile />} />
      {empty && (
        <Message title={screen.name} veiled>
          <p>No camera is on this screen yet.</p>
          <p>In the console, choose this screen and put a camera on a tile. It appears here at once.</p>
        </Message>
      )}
    </>
  );
}

function NoScreen({ screenId, wallKnown }: { screenId: string; wallKnown: boolean }) {
  const link = useWall((store) => store.link);
  if (link.state === 'refused')
    return (
      <Message title={screenId}>
        <p>{link.detail}</p>
        <p>
          This page starts by itself as soon as there is a screen with the id <code>{screenId}</code>.
        </p>
      </Message>
    );
  if (wallKnown)
    return (
      <Message title={screenId}>
        <p>The wall has no screen of this name.</p>
        <p>
          Create a screen called <code>{screenId}</code> in the console, or open the address of another one.
          This page starts by itself then.
        </p>
      </Message>
    );
  return (
    <Message title={screenId}>
      <p>{link.state === 'offline' ? 'The control server does not answer.' : 'Connecting to the wall'}</p>
      {link.state === 'offline' && <p>This page tries again by itself; nothing needs to be done here.</p>}
    </Message>
  );
}

function Message({ title, veiled, children }: { title: string; veiled?: boolean; children: ReactNode }) {
  return (
    <div className="display__message" role="status" data-veiled={veiled ?? false}>
      <h1>{title}</h1>
      {children}
    </div>
  );
}

/** `moving` while the pointer was moved a moment ago, else `resting`: then it is hidden. */
function usePointerRest(): 'moving' | 'resting' {
  const [state, setState] = useState<'moving' | 'resting'>('moving');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setState('resting'), pointerRestMs);
    };
    const moved = () => {
      setState('moving');
      wait();
    };
    wait();
    window.addEventListener('pointermove', moved, { passive: true });
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pointermove', moved);
    };
  }, []);
  return state;
}

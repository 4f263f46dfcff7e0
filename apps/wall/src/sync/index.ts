import {
  ClientCommand,
  problemFromZod,
  screenOf,
  type Answer,
  type ClientHello,
  type CommandResult,
  type OrderForScreen,
  type ScreenReport,
  type Snapshot,
} from '@clerestory/protocol';
import { createServerClock } from './clock.ts';
import { createCommander } from './commander.ts';
import { openConnection, type Connection } from './connection.ts';
import { createFollower } from './follower.ts';
import { createJoiner } from './joiner.ts';
import { freshKey } from './key.ts';
import { withDefaults, type SyncOptions } from './options.ts';
import { createPredictions } from './predictions.ts';
import { createStoreWriter } from './store-writer.ts';
import { until } from './until.ts';
import { startVersionWatch } from './version.ts';

export type { SyncOptions } from './options.ts';

/** This window's line to the control server. */
export interface Sync {
  /**
   * Sends a command and resolves with the server's answer, once its outcome is on show. Never rejects; a server
   * that does not answer is the problem `timeout`.
   */
  command(command: ClientCommand): Promise<Answer<CommandResult>>;
  /** Tells what a screen shows. The last word is said again after a reconnect. */
  report(report: ScreenReport): void;
  /** Asks or tells what is no command; see `Connection.ask`. */
  ask: Connection['ask'];
  /** Hears what the server tells this screen to do. */
  onOrder(listener: (order: OrderForScreen) => void): void;
  /** Changes to another wall. */
  join(wall: string): void;
  stop(): void;
  /** The server's clock, Unix ms. */
  serverNowMs(): number;
}

/** Connects, joins and keeps the store equal to the server for as long as the page lives. */
export function startSync(hello: ClientHello, given: Partial<SyncOptions> = {}): Sync {
  const options = withDefaults(given);
  const { store } = options;
  const clock = createServerClock();
  const version = startVersionWatch(hello, options);
  let joined = false;
  let stopped = false;
  let lastReport: ScreenReport | null = null;

  const predictions = createPredictions(clock.nowMs);
  let onOrder: (order: OrderForScreen) => void = () => undefined;
  const writer = createStoreWriter(
    store,
    hello,
    options.storage,
    predictions.over,
    (commit) => follower.receive(commit),
    (order) => onOrder(order),
  );

  const takeSnapshot = (snapshot: Snapshot) => {
    joined = true;
    commander.jumped(snapshot.wall.sequence);
    // Some of it may be in the snapshot; a swap shown twice would look undone.
    predictions.clear();
    writer.putSnapshot(snapshot);
    store.setState({ link: { state: 'online' } });
    follower.restart();
    version.heard(snapshot.server.build);
  };

  const follower = createFollower({
    wall: writer.confirmed,
    show: (wall, commits) => {
      for (const commit of commits) {
        commander.saw(commit);
        predictions.drop(commit.key);
      }
      writer.putWall(wall);
    },
    resync: async (since) => {
      const wall = writer.confirmed();
      const answer = wall ? await connection.ask('wall:resync', { wall: wall.id, since }) : null;
      return answer?.ok ? answer.value : null;
    },
    takeSnapshot,
    rejoin: () => joiner.join(),
  });

  const joiner = createJoiner(
    {
      connected: () => connection.connected,
      ask: (request) => connection.ask('wall:join', request),
      left: () => {
        joined = false;
        follower.hold();
      },
      joined: (snapshot, askedAtMs, answeredAtMs) => {
        clock.read(snapshot.serverMs, askedAtMs, answeredAtMs);
        takeSnapshot(snapshot);
        if (lastReport) void connection.ask('screen:report', lastReport);
      },
      refused: ({ detail, code }) => store.setState({ link: { state: 'refused', detail, code } }),
    },
    screenOf(hello) === null ? {} : { screen: screenOf(hello) ?? '' },
    options.rejoinMs,
  );

  const commander = createCommander({
    wall: writer.confirmed,
    send: (envelope) => connection.ask('wall:command', envelope),
    joined: (timeoutMs) => until(store, () => joined, timeoutMs),
    reached: (sequence, timeoutMs) =>
      until(store, ({ wall }) => (wall?.sequence ?? 0) >= sequence, timeoutMs),
    expect: (sequence) => follower.expect(sequence),
    freshKey,
    started: (key, command) => {
      predictions.add(key, command);
      writer.redraw();
    },
    ended: (key) => {
      if (predictions.drop(key)) writer.redraw();
    },
  });

  writer.putCached();
  let complained = false;
  const connection = openConnection(
    options.url,
    hello,
    {
      connected: () => joiner.join(),
      disconnected: () => {
        joiner.cancel();
        predictions.clear();
        writer.redraw();
        if (store.getState().link.state !== 'offline')
          store.setState({ link: { state: 'offline', sinceMs: options.nowMs() } });
      },
      refused: (detail, code) => store.setState({ link: { state: 'refused', detail, code } }),
      malformed: (name, detail) => {
        store.setState({ droppedMessages: store.getState().droppedMessages + 1 });
        if (complained) return;
        complained = true;
        // eslint-disable-next-line no-console -- once: a server of another version must be seen by whoever looks
        console.error(`clerestory: "${name}" does not match its schema and was left out: ${detail}`);
      },
      event: writer.putEvent,
    },
    options.ackTimeoutMs,
  );

  return {
    command(command) {
      const parsed = ClientCommand.safeParse(command);
      if (parsed.success) return commander.run(parsed.data);
      const refused = problemFromZod(parsed.error, 'This cannot be sent');
      const [first] = refused.errors ?? [];
      const field = first?.pointer.split('/').at(-1);
      const detail = first && field ? `Correct “${field}”: ${first.message}.` : refused.detail;
      return Promise.resolve({ ok: false, problem: { ...refused, detail } });
    },
    report(report) {
      lastReport = report;
      if (joined) void connection.ask('screen:report', report);
    },
    ask: (name, payload) => connection.ask(name, payload),
    onOrder(listener) {
      onOrder = listener;
    },
    join(wall) {
      joiner.aim({ wall });
      if (connection.connected && !stopped) joiner.join();
    },
    stop() {
      stopped = true;
      joiner.cancel();
      version.stop();
      connection.close();
    },
    serverNowMs: clock.nowMs,
  };
}

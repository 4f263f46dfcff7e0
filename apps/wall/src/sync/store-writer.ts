import type {
  ClientHello,
  Commit,
  OrderForScreen,
  ServerEventName,
  ServerPayload,
  Snapshot,
  WallState,
} from '@clerestory/protocol';
import type { StoreApi } from 'zustand/vanilla';
import type { WallStore } from '../state/store.ts';
import { loadSnapshot, saveSnapshot, type SnapshotStorage } from './cache.ts';
import { ordersAfter, withOrder } from './orders.ts';

const byId = <T>(list: readonly T[], id: (item: T) => string): Record<string, T> =>
  Object.fromEntries(list.map((item) => [id(item), item]));

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> => {
  const { [key]: _gone, ...rest } = record;
  return rest;
};

/** The only writer of what the server has told; a screen's last state is kept in its storage as well. */
export interface StoreWriter {
  /** Puts what an earlier visit of this screen left, if anything. */
  putCached(): void;
  putSnapshot(snapshot: Snapshot): void;
  putWall(wall: WallState): void;
  /** The wall as the server has it; the store has it with what is on the way. */
  confirmed(): WallState | null;
  /** What is on the way has changed. */
  redraw(): void;
  putEvent<N extends ServerEventName>(name: N, payload: ServerPayload<N>): void;
}

export function createStoreWriter(
  store: StoreApi<WallStore>,
  hello: ClientHello,
  storage: SnapshotStorage | null,
  withPredictions: (wall: WallState) => WallState,
  onCommit: (commit: Commit) => void,
  onOrder: (order: OrderForScreen) => void,
): StoreWriter {
  let last: Snapshot | null = null;
  let confirmed: WallState | null = null;

  const putWall = (wall: WallState) => {
    confirmed = wall;
    store.setState({ wall: withPredictions(wall) });
    if (hello.surface === 'screen' && last && storage) saveSnapshot(storage, hello.screen, { ...last, wall });
  };

  const putSnapshot = (snapshot: Snapshot) => {
    last = snapshot;
    store.setState({
      cameras: byId(snapshot.cameras, (camera) => camera.id),
      health: byId(snapshot.health, (health) => health.camera),
      screens: byId(snapshot.screens, (status) => status.screen),
      ptz: byId(snapshot.ptz ?? [], (holder) => holder.camera),
      viewers: Object.fromEntries((snapshot.viewers ?? []).map(({ camera, viewers }) => [camera, viewers])),
      grants: byId(snapshot.grants ?? [], (grant) => grant.id),
      incidents: byId(snapshot.incidents ?? [], (incident) => incident.id),
      walls: snapshot.walls,
      restricted: snapshot.restricted ?? [],
      orders: ordersAfter(store.getState().orders, snapshot),
      media: snapshot.media,
      server: snapshot.server,
    });
    putWall(snapshot.wall);
  };

  const put: { [N in ServerEventName]: (payload: ServerPayload<N>, now: WallStore) => void } = {
    'wall:committed': onCommit,
    'camera:changed': (camera, now) => store.setState({ cameras: { ...now.cameras, [camera.id]: camera } }),
    'camera:removed': ({ camera }, now) =>
      store.setState({ cameras: without(now.cameras, camera), health: without(now.health, camera) }),
    'health:changed': (list, now) =>
      store.setState({ health: { ...now.health, ...byId(list, (health) => health.camera) } }),
    'screen:status': (status, now) => {
      if (!now.wall || status.wall === now.wall.id)
        store.setState({ screens: { ...now.screens, [status.screen]: status } });
    },
    'media:address': (media) => store.setState({ media }),
    'cameras:restricted': ({ cameras }) => store.setState({ restricted: cameras }),
    'screen:order': onOrder,
    'screen:order-status': (status, now) => store.setState({ orders: withOrder(now.orders, status) }),
    'camera:viewers': ({ camera, viewers }, now) =>
      store.setState({ viewers: { ...now.viewers, [camera]: viewers } }),
    'grant:changed': (grant, now) => {
      const over = grant.state === 'ended' || grant.state === 'refused';
      store.setState({
        grants: over ? without(now.grants, grant.id) : { ...now.grants, [grant.id]: grant },
        ...(grant.state === 'refused' && now.grants[grant.id] && { refusedGrant: grant }),
      });
    },
    'incident:changed': (incident, now) =>
      store.setState({
        incidents:
          incident.closedAt === null
            ? { ...now.incidents, [incident.id]: incident }
            : without(now.incidents, incident.id),
      }),
    'ptz:holder': (holder, now) => store.setState({ ptz: { ...now.ptz, [holder.camera]: holder } }),
    'ptz:taken': (taken, now) => store.setState({ ptzTaken: { ...now.ptzTaken, [taken.camera]: taken } }),
  };

  return {
    putCached() {
      const cached = hello.surface === 'screen' && storage ? loadSnapshot(storage, hello.screen) : null;
      if (cached) putSnapshot(cached);
    },
    putSnapshot,
    putWall,
    confirmed: () => confirmed,
    redraw() {
      if (confirmed) store.setState({ wall: withPredictions(confirmed) });
    },
    putEvent: (name, payload) => put[name](payload, store.getState()),
  };
}

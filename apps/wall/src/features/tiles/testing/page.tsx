/** The page of the browser tests in `e2e/tiles`: tiles alone, their store filled by the test. */
import type { Camera, LayoutId, Screen } from '@clerestory/protocol';
import { createRoot } from 'react-dom/client';
import { wallStore } from '../../../state/store.ts';
import { HlsMse, hlsVersion, loadHls } from '../hls-mse.ts';
import { pageMedia, TileGrid } from '../index.ts';

export interface ShownCamera {
  id: string;
  hasSub: boolean;
}

const cameraOf = ({ id, hasSub }: ShownCamera, index: number): Camera => ({
  id,
  number: index + 1,
  name: `Camera ${id}`,
  place: 'Test street',
  neighbourhood: '',
  latitude: null,
  longitude: null,
  keep: 'on-demand',
  tags: [],
  source: { kind: 'demo', hasSub, hasLogin: false },
  heading: null,
  viewAngle: null,
  placeKind: 'street',
  visibility: 'public',
  tier: 'integrated',
  owner: null,
  revision: 1,
  createdAt: 0,
  updatedAt: 0,
});

const root = createRoot(document.getElementById('root') ?? document.body);

/** Puts cameras on the tiles of a layout, in order; null leaves a tile empty. */
function show(layout: LayoutId, cameras: (ShownCamera | null)[]): void {
  const known = cameras.filter((camera) => camera !== null);
  wallStore.setState({
    cameras: Object.fromEntries(known.map((camera, index) => [camera.id, cameraOf(camera, index)])),
  });
  const tiles: Screen['tiles'] = {};
  cameras.forEach((camera, tile) => {
    if (camera)
      tiles[String(tile)] = {
        camera: camera.id,
        by: 'test',
        at: 0,
        why: { kind: 'standing', purpose: 'test' },
        until: null,
      };
  });
  root.render(
    <TileGrid screen={{ id: 'test', name: 'Test', layout, tiles, changedAt: 0, tileChangedAt: {} }} />,
  );
}

const underTest = {
  show,
  media: pageMedia,
  /** The media server's port on this host. */
  mediaAt: (port: number) => wallStore.setState({ media: { port, url: null } }),
  HlsMse,
  loadHls,
  hlsVersion,
};
export type TilesUnderTest = typeof underTest;

Object.assign(window, { tiles: underTest });

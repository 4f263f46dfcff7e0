import { eventually, Viewer } from '../../apps/server/src/media/testing.ts';

/** An init, a still, a playlist and chunks: so much comes where a camera is open, bytes. */
const whole = 4_000;

/** Bytes that come of a camera by each door, to whoever these cookies belong to. */
export async function bytesByEveryDoor(mediaPort: number, cookie: string, camera: string): Promise<number> {
  const headers = { cookie };
  let bytes = 0;
  for (const name of ['index.m3u8', 'main/index.m3u8', 'main/poster.jpg']) {
    const answer = await fetch(`http://127.0.0.1:${mediaPort}/live/${camera}/${name}`, { headers });
    const body = await answer.arrayBuffer();
    if (answer.status === 200) bytes += body.byteLength;
  }
  const viewer = await Viewer.open(mediaPort, { headers }).catch(() => null);
  if (!viewer) return bytes;
  viewer.subscribe(camera);
  await eventually('an answer', () => viewer.frames.length > 1 || viewer.reasons().some(Boolean), 30_000);
  bytes += viewer.frames.reduce((sum, { payload }) => sum + payload.byteLength, 0);
  viewer.close();
  return bytes;
}

/** Waits until pictures come, also of a server that is just starting. */
export const untilOpen = (mediaPort: number, cookie: string, camera: string): Promise<boolean> =>
  eventually(
    `pictures of ${camera}`,
    () =>
      bytesByEveryDoor(mediaPort, cookie, camera)
        .then((bytes) => bytes > whole)
        .catch(() => false),
    60_000,
  );

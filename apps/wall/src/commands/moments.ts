import { callRoute } from '../state/call-route.ts';
import type { DeskTile } from '../state/desk.ts';
import { sessionStore } from '../state/session.ts';
import { exactTime, saveFile, takeSnapshot } from '../features/tiles/snapshot.ts';
import type { ConsoleContext } from './context.ts';

const nameOf = ({ wall }: ConsoleContext, camera: string): string => {
  const known = wall.cameras[camera];
  return known ? `${known.number} ${known.name}` : camera;
};

/** Takes the picture, has its hash recorded, and only then hands it out. */
export async function takeStill(context: ConsoleContext, camera: string, tile: DeskTile): Promise<void> {
  const { say } = context.actions;
  const still = tile.still();
  if (!still)
    return say({
      tone: 'warn',
      title: 'No picture was taken',
      text: 'The tile shows no picture that is live. Wait until it does, or replay the last minute.',
    });
  const { video, captureMs: at, stream, seen } = still;
  const by = sessionStore.getState().who?.me?.name ?? '';
  const place = context.wall.cameras[camera]?.place ?? '';
  try {
    const picture = await takeSnapshot(video, { camera: nameOf(context, camera), place, at, seen, by });
    const { width, height, sha256, blob, fileName } = picture;
    const noted = await callRoute(
      'noteSnapshot',
      { params: { camera }, body: { at, seen, stream, width, height, bytes: blob.size, sha256 } },
      { key: crypto.randomUUID() },
    );
    if (!noted.ok) {
      const { title, detail } = noted.problem;
      return say({ tone: 'warn', title: 'No picture was taken', text: `${title}. ${detail}` });
    }
    saveFile(blob, fileName);
    say({ tone: 'plain', title: `Saved ${fileName}`, text: `SHA-256 ${sha256}, in the record.` });
  } catch (error) {
    say({ tone: 'warn', title: 'No picture was taken', text: `Because ${(error as Error).message}.` });
  }
}

/** Asks for the note; the moment is that of the key. */
export function markMoment({ actions }: ConsoleContext, camera: string, tile: DeskTile | undefined): void {
  const still = tile?.still();
  actions.show({ kind: 'mark', camera, at: still?.captureMs ?? actions.nowMs() });
}

/** For a message to somebody else. */
export async function copyMoment(
  context: ConsoleContext,
  camera: string,
  tile: DeskTile | undefined,
): Promise<void> {
  const at = tile?.still()?.captureMs ?? context.actions.nowMs();
  const place = context.wall.cameras[camera]?.place ?? '';
  const text = [nameOf(context, camera), place, `${exactTime(at)} UTC`].filter(Boolean).join(', ');
  try {
    await navigator.clipboard.writeText(text);
    context.actions.say({ tone: 'plain', title: 'Copied', text });
  } catch {
    context.actions.say({ tone: 'plain', title: 'Copy this yourself', text });
  }
}

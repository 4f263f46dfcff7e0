/** The demo city: cameras, and the looped scenes they show. Drawing itself runs in a child process: `render-cli.ts`. */
export * from './clock.ts';
export { city, type DemoCamera, type DemoCity, type TimeOfDay } from './city.ts';
export { isRendered, sceneFiles, type SceneFiles } from './files.ts';
export { framesPerSecond, loopMs } from './loop.ts';
export type { RenderOptions } from './render.ts';
import type { RenderOptions } from './render.ts';

/** Draws and encodes one scene in this process; see `render.ts`. The painters are loaded only when they are needed. */
export async function renderScene(scene: string, options: RenderOptions): Promise<void> {
  const { renderScene: render } = await import('./render.ts');
  await render(scene, options);
}

import { callRoute } from '../../state/call-route.ts';

export interface ScreenChoice {
  screen: string;
  /** `<wall>: <screen>` */
  name: string;
}

/** All screens of all walls. */
export async function screensOfAllWalls() {
  const walls = await callRoute('listWalls', {});
  if (!walls.ok) return walls;
  const found: ScreenChoice[] = [];
  for (const wall of walls.value.items) {
    const screens = await callRoute('listScreens', { params: { wall: wall.id } });
    if (!screens.ok) return screens;
    found.push(...screens.value.items.map(({ id, name }) => ({ screen: id, name: `${wall.name}: ${name}` })));
  }
  return { ok: true, value: found } as const;
}

import { layouts } from '@clerestory/layout';
import { ok, type RouteHandlers } from '../../platform/http.ts';

/** The named grids, for programs. */
export const layoutRoutes = (): RouteHandlers => ({
  listLayouts: () =>
    ok({
      items: layouts.map(({ id, name, portrait, columns, rows, cells }) => ({
        id,
        name,
        portrait,
        columns,
        rows,
        tiles: cells.length,
        cells: cells.map((cell) => ({ ...cell })),
      })),
    }),
});

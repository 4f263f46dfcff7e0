import type { RouteHandlers } from '../../platform/http.ts';
import type { ImportService } from './service.ts';

export { ImportService } from './service.ts';

/** Cameras from files over REST. */
export function importRoutes(imports: ImportService): RouteHandlers {
  return {
    createImport: ({ body }, { sees }) => imports.create(body, sees),
    getImport: ({ params, query }) => imports.page(params.import, query),
    startImport: ({ params }, { by }) => imports.start(params.import, by),
    cancelImport: ({ params }) => imports.cancel(params.import),
  };
}

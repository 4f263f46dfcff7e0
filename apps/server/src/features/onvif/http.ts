import type { RouteHandlers } from '../../platform/http.ts';
import type { OnvifService } from './service.ts';

/** Finding and registering ONVIF cameras over REST. */
export function onvifRoutes(onvif: OnvifService): RouteHandlers {
  return {
    discoverDevices: ({ body }) => onvif.discover(body),
    probeDevice: ({ body }) => onvif.probe(body),
    createOnvifCamera: ({ body }, { key, by, sees }) => onvif.register(body, key, by, sees),
  };
}

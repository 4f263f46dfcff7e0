export { MediaLink, mediaPath, mediaUrlOf } from './link.ts';
export { MediaSupervisor, type ChildSettings } from './supervisor.ts';
export { chooseMediaPort } from './port.ts';

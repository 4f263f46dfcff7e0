import { wallStore, type WallStore } from '../../state/store.ts';
import { deliveryAsked } from '../../state/media-address.ts';
import { mediaInPage } from './early-socket.ts';
import { LiveMedia } from './live-media.ts';

let media: LiveMedia | null = null;

const isUnknown = ({ link }: WallStore) => link.state === 'refused' && link.code === 'unauthenticated';

/**
 * The page's one `LiveMedia`, bound to the media address in the store; until there is one, to that in the page. Made
 * when it is first asked for.
 */
export function pageMedia(): LiveMedia {
  if (media) return media;
  const made = new LiveMedia(deliveryAsked(window.location.search));
  made.setAddress(wallStore.getState().media ?? mediaInPage());
  wallStore.subscribe((state, before) => {
    // Nobody that the server knows: the media node would say so too, again and again.
    if (isUnknown(state)) return isUnknown(before) ? undefined : made.leave();
    if (isUnknown(before)) made.setAddress(state.media ?? mediaInPage());
    else if (state.media !== before.media) made.setAddress(state.media);
  });
  media = made;
  return made;
}

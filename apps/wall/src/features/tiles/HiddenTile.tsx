import { EyeOff } from 'lucide-react';

/** In the place of a picture that visitors do not see. */
export function HiddenTile() {
  return (
    <div className="tile__hidden" data-hidden-tile>
      <EyeOff aria-hidden="true" />
      <span>Hidden while visitors are in the room</span>
    </div>
  );
}

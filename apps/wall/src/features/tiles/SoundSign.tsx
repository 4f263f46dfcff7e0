import { Volume2, VolumeX, X } from 'lucide-react';
import { IconButton } from '../../ui/Button.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import type { SoundView } from './sound-player.ts';

/** In sight for as long as a tile sounds, and why it does not where that was asked for. */
export function SoundSign({ view, onEnd }: { view: SoundView; onEnd: () => void }) {
  const { state, reason } = view;
  const Icon = state === 'failed' ? VolumeX : Volume2;
  return (
    <div className="sound-sign" role="status" data-sound={state}>
      <Icon aria-hidden="true" />
      {state === 'playing' && (
        <span>
          <b>Sound on</b> <Kbd name='"' />
        </span>
      )}
      {state === 'connecting' && (
        <span>{reason === '' ? 'Sound: connecting' : `No sound yet: ${reason}`}</span>
      )}
      {state === 'failed' && (
        <>
          <span>{reason}</span>
          <IconButton label="Close" onClick={onEnd}>
            <X />
          </IconButton>
        </>
      )}
    </div>
  );
}

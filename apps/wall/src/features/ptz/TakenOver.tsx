import { whoTakesOver, type PtzTaken } from '@clerestory/protocol';

/** Told at once to whoever moved the camera until now: who has it, and what is left to do. */
export function TakenOver({ taken }: { taken: PtzTaken }) {
  const { name, rank, isOwn } = taken;
  return (
    <p className="ptz-taken" role="alert">
      {isOwn ? (
        'You move this camera in another of your windows now. Move it here to have it here again.'
      ) : (
        <>
          <b>{name}</b> has taken this camera over from you. {whoTakesOver(rank)}
        </>
      )}
    </p>
  );
}

import type { StreamName } from '@clerestory/protocol';
import { useEffect, useRef, useState } from 'react';
import { posters, type Frame } from '../state/posters.ts';
import { useRoles, watches } from '../state/use-roles.ts';
import { useWall } from '../state/use-wall.ts';
import './poster.css';

/** Wide enough for the largest place a still has; more would only cost memory. */
const maxWidthPx = 960;

/** As `Still`, for whoever may watch; a word for who may only know that the camera is there. */
export function Poster(props: { camera: string; stream: StreamName }) {
  const roles = useRoles();
  if (roles.length === 0 || watches(roles)) return <Still {...props} />;
  return <span className="poster-none">Your role sees no pictures</span>;
}

/**
 * A still of a camera, refreshed now and then while it is in view. Drawn on a canvas, so that a new picture takes
 * the place of the old one without a flash. A still that is no longer young says how old it is;
 * a young one says that it is a still where no screen vouches for it (see the style sheet).
 */
function Still({ camera, stream }: { camera: string; stream: StreamName }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // With other masks, a still from before shows what nobody is to see.
  const masks = useWall((state) => JSON.stringify(state.cameras[camera]?.masks ?? []));
  const [loaded, setLoaded] = useState(false);
  const [ageS, setAgeS] = useState<number | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    let stop: (() => void) | null = null;
    const draw: Frame['draw'] = (picture) => {
      setLoaded(picture !== null);
      if (!picture) {
        delete element.dataset['loaded'];
        return;
      }
      const scale = Math.min(1, maxWidthPx / picture.naturalWidth);
      element.width = Math.round(picture.naturalWidth * scale);
      element.height = Math.round(picture.naturalHeight * scale);
      element.getContext('2d')?.drawImage(picture, 0, 0, element.width, element.height);
      element.dataset['loaded'] = 'true';
    };
    const observer = new IntersectionObserver(([entry]) => {
      stop?.();
      stop = entry?.isIntersecting ? posters.watch(camera, stream, { draw, age: setAgeS }, masks) : null;
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      stop?.();
    };
  }, [camera, stream, masks]);
  return (
    <>
      <canvas
        key={`${camera}/${stream}/${masks}`}
        ref={canvas}
        className="poster"
        aria-hidden="true"
        width={16}
        height={9}
      />
      {loaded && (
        <span className="poster-age" data-young={ageS === null || undefined}>
          <span className="poster-word">still</span>
          {ageS !== null && ` ${ageS} s`}
          <span className="poster-word">{ageS !== null && ' old'}</span>
        </span>
      )}
    </>
  );
}

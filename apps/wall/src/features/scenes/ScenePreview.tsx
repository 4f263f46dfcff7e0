import type { Scene, SceneScreen } from '@clerestory/protocol';
import { layoutOf, rectangles } from '@clerestory/layout';
import { useWall } from '../../state/use-wall.ts';

function ScreenPreview({ screen, height }: { screen: SceneScreen; height: number }) {
  const cameras = useWall((state) => state.cameras);
  const name = useWall((state) => state.wall?.screens.find(({ id }) => id === screen.screen)?.name);
  const { portrait } = layoutOf(screen.layout);
  const area = portrait ? { width: 90, height: 160 } : { width: 160, height: 90 };
  const number = (tile: number) => {
    const held = screen.tiles[String(tile)];
    if (!held) return '';
    if (held.tour) return `↻${held.tour.cameras.length}`;
    return String(cameras[held.camera]?.number ?? '?');
  };
  return (
    <figure className="scene-screen" data-gone={name === undefined || undefined}>
      <svg
        viewBox={`0 0 ${area.width} ${area.height}`}
        height={height}
        width={(height * area.width) / area.height}
        aria-hidden="true"
      >
        {rectangles(screen.layout, { ...area, gap: 3 }).map((cell, tile) => (
          <g key={tile}>
            <rect
              {...{ x: cell.x, y: cell.y, width: cell.width, height: cell.height, rx: 2 }}
              className={screen.tiles[String(tile)] ? 'scene-tile' : 'scene-empty'}
            />
            <text
              x={cell.x + cell.width / 2}
              y={cell.y + cell.height / 2}
              fontSize={Math.min(20, cell.height * 0.55, cell.width * 0.36)}
            >
              {number(tile)}
            </text>
          </g>
        ))}
      </svg>
      <figcaption className="cut">{name ?? `${screen.screen}, removed`}</figcaption>
    </figure>
  );
}

/** What a scene puts where: its screens, with camera numbers on the tiles. */
export function ScenePreview({ scene, height = 58 }: { scene: Scene; height?: number }) {
  return (
    <div className="scene-preview">
      {scene.screens.map((screen) => (
        <ScreenPreview key={screen.screen} screen={screen} height={height} />
      ))}
    </div>
  );
}

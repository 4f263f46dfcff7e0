import type { Applied, Scene } from '@clerestory/protocol';
import { CalendarClock, Layers, Pencil, Plus, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { mayKeepScenes } from '../../commands/context.ts';
import { useActions } from '../../commands/use-actions.ts';
import { wallStore } from '../../state/store.ts';
import { useRoles } from '../../state/use-roles.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { shortTime } from '../../ui/time.ts';
import { SceneForm } from './SceneForm.tsx';
import { ScenePreview } from './ScenePreview.tsx';
import { Schedules } from './Schedules.tsx';
import { applyScene } from './apply.ts';
import { revertScene } from './revert.ts';
import './scenes.css';

function AppliedRow({ applied, later }: { applied: Applied; later: number }) {
  const actions = useActions();
  const also =
    later === 0 ? '' : later === 1 ? ' and the scene after it' : ` and the ${later} scenes after it`;
  return (
    <li className="scene-applied" data-applied={applied.sequence}>
      <span className="cut">
        <b>{applied.name}</b>{' '}
        <span className="dim">
          {shortTime(applied.at)}, {applied.who}
        </span>
      </span>
      <Button
        title={`Brings back what was there before it${also}`}
        onClick={() => revertScene(actions, applied)}
      >
        <Undo2 aria-hidden="true" />
        Revert{later > 0 && ` ${later + 1}`}
      </Button>
    </li>
  );
}

function SceneRow({ scene, mayKeep, onEdit }: { scene: Scene; mayKeep: boolean; onEdit: () => void }) {
  const { send, show } = useActions();
  const roles = useRoles();
  const [sure, setSure] = useState(false);
  return (
    <li className="scene-row" data-scene={scene.id}>
      <div className="scene-words">
        <b className="cut">{scene.name}</b>
        <span className="dim cut">
          {scene.screens.length === 1 ? '1 screen' : `${scene.screens.length} screens`}, saved by{' '}
          {scene.savedBy}
        </span>
      </div>
      <ScenePreview scene={scene} />
      <div className="scene-tools">
        {scene.key && <Kbd name={scene.key} />}
        {mayKeep && (
          <>
            <IconButton label={`Change ${scene.name}`} onClick={onEdit}>
              <Pencil />
            </IconButton>
            {sure ? (
              <Button kind="danger" onClick={() => void send({ type: 'scene:remove', scene: scene.id })}>
                Remove for good
              </Button>
            ) : (
              <IconButton label={`Remove ${scene.name}`} onClick={() => setSure(true)}>
                <Trash2 />
              </IconButton>
            )}
          </>
        )}
        <Button
          kind="primary"
          onClick={() => {
            show(null);
            void applyScene({ send, show }, scene, wallStore.getState(), roles);
          }}
        >
          Apply
        </Button>
      </div>
    </li>
  );
}

/** All scenes of the wall: look, apply, take back, save, and by the clock. */
export function ScenesDialog({ onClose }: { onClose: () => void }) {
  const scenes = useWall((state) => state.wall?.scenes) ?? [];
  const applied = useWall((state) => state.wall?.applied) ?? [];
  const mayKeep = mayKeepScenes({ roles: useRoles() });
  const [form, setForm] = useState<Scene | 'new' | null>(null);
  const [tab, setTab] = useState<'scenes' | 'schedules'>('scenes');
  if (form !== null) return <SceneForm scene={form === 'new' ? null : form} onClose={() => setForm(null)} />;
  return (
    <Dialog
      title="Scenes"
      text="A scene is a saved arrangement of some screens. Applying it changes only those; Revert brings back exactly what was there."
      size="xl"
      onClose={onClose}
    >
      <div className="dialog-body scenes">
        <div className="scenes-head">
          <div className="scenes-head" role="tablist" aria-label="Scenes or schedules">
            <Button role="tab" aria-selected={tab === 'scenes'} kind="quiet" onClick={() => setTab('scenes')}>
              <Layers aria-hidden="true" />
              Scenes
            </Button>
            <Button
              role="tab"
              aria-selected={tab === 'schedules'}
              kind="quiet"
              onClick={() => setTab('schedules')}
            >
              <CalendarClock aria-hidden="true" />
              By the clock
            </Button>
          </div>
          {mayKeep && tab === 'scenes' && (
            <Button className="scenes-new" onClick={() => setForm('new')}>
              <Plus aria-hidden="true" />
              Save the wall as a scene
            </Button>
          )}
        </div>
        {tab === 'schedules' ? (
          <Schedules scenes={scenes} mayKeep={mayKeep} />
        ) : (
          <>
            {applied.length > 0 && (
              <section aria-label="Applied, newest first">
                <h3 className="details-head">Applied — what was before can come back</h3>
                <ul>
                  {applied.toReversed().map((one, later) => (
                    <AppliedRow key={one.sequence} applied={one} later={later} />
                  ))}
                </ul>
              </section>
            )}
            {scenes.length === 0 ? (
              <EmptyState icon={<Layers aria-hidden="true" />} title="No scenes yet">
                {mayKeep
                  ? 'Arrange the screens as you want to have them again, then save the wall as a scene.'
                  : 'A supervisor saves scenes. They appear here at once.'}
              </EmptyState>
            ) : (
              <ul className="scene-list">
                {scenes.map((scene) => (
                  <SceneRow key={scene.id} scene={scene} mayKeep={mayKeep} onEdit={() => setForm(scene)} />
                ))}
              </ul>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}

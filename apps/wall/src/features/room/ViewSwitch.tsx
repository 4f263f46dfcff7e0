import { LayoutGrid, Monitor } from 'lucide-react';
import { useRun } from '../../commands/use-commands.ts';
import { useConsole } from '../../state/use-console.ts';
import { Button } from '../../ui/Button.tsx';

/** One screen large, or the room as it hangs. */
export function ViewSwitch() {
  const run = useRun();
  const view = useConsole((state) => state.view);
  const unsaved = useConsole(({ places }) => (places?.size ?? 0) > 0);
  return (
    <Button onClick={() => run('room.show')}>
      {view === 'room' ? <Monitor aria-hidden="true" /> : <LayoutGrid aria-hidden="true" />}
      {view === 'room' ? 'One screen large' : 'The room'}
      {unsaved && view !== 'room' && <span className="room-unsaved">places not saved</span>}
    </Button>
  );
}

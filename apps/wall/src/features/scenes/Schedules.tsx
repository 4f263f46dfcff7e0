import type { Problem, Scene, Schedule } from '@clerestory/protocol';
import { CalendarClock, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { freshKey } from '../../sync/key.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { SelectField, TextField } from '../../ui/TextField.tsx';
import { shortTime } from '../../ui/time.ts';

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const daysText = (days: readonly number[]): string =>
  days.length === 7 ? 'every day' : days.map((day) => dayNames[day - 1]).join(', ');

function Row({
  schedule,
  scenes,
  mayKeep,
}: {
  schedule: Schedule;
  scenes: readonly Scene[];
  mayKeep: boolean;
}) {
  const { send } = useActions();
  const { time, days, zone, revertAfterMin, last } = schedule;
  const name = scenes.find(({ id }) => id === schedule.scene)?.name ?? schedule.scene;
  return (
    <li className="scene-row" data-schedule={schedule.schedule}>
      <div className="scene-words">
        <b className="cut">
          {time} {name}
        </b>
        <span className="dim cut">
          {daysText(days)}, {zone}
          {revertAfterMin !== null && `, taken back after ${revertAfterMin} min`}
        </span>
      </div>
      <span className="dim cut">{last ? `${shortTime(last.at)}: ${last.outcome}` : 'Not due yet'}</span>
      {mayKeep && (
        <IconButton
          label={`Remove the schedule of ${name} at ${time}`}
          onClick={() => void send({ type: 'schedule:remove', schedule: schedule.schedule })}
        >
          <Trash2 />
        </IconButton>
      )}
    </li>
  );
}

/** Scenes that the server applies by the clock, whoever is at work. */
export function Schedules({ scenes, mayKeep }: { scenes: readonly Scene[]; mayKeep: boolean }) {
  const { ask } = useActions();
  const schedules = useWall((state) => state.wall?.schedules) ?? [];
  const [scene, setScene] = useState(scenes[0]?.id ?? '');
  const [time, setTime] = useState('07:00');
  const [zone, setZone] = useState(ownZone);
  const [days, setDays] = useState<readonly number[]>(everyDay);
  const [back, setBack] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const add = async () => {
    const revertAfterMin = back.trim() === '' ? null : Number(back);
    const schedule = `at-${freshKey()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(0, 12)}`;
    setProblem(
      await ask({ type: 'schedule:set', schedule, scene, days: [...days], time, zone, revertAfterMin }),
    );
  };
  return (
    <>
      {schedules.length === 0 && (
        <EmptyState icon={<CalendarClock aria-hidden="true" />} title="No scene is applied by the clock">
          {scenes.length === 0
            ? 'Save a scene first.'
            : 'Give a scene a time below; the server applies it even with no console open.'}
        </EmptyState>
      )}
      <ul className="scene-list">
        {schedules.map((one) => (
          <Row key={one.schedule} schedule={one} scenes={scenes} mayKeep={mayKeep} />
        ))}
      </ul>
      {mayKeep && scenes.length > 0 && (
        <form
          className="schedule-form"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <SelectField label="Scene" value={scene} onChange={(event) => setScene(event.target.value)}>
            {scenes.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Time"
            type="time"
            value={time}
            onChange={(event) => setTime(event.target.value)}
            required
          />
          <TextField label="Time zone" value={zone} onChange={(event) => setZone(event.target.value)} />
          <TextField
            label="Take back after, minutes"
            inputMode="numeric"
            value={back}
            placeholder="stays"
            onChange={(event) => setBack(event.target.value)}
          />
          <fieldset className="schedule-days">
            <legend className="field-label">Days</legend>
            {dayNames.map((name, index) => (
              <label key={name} className="check">
                <input
                  type="checkbox"
                  checked={days.includes(index + 1)}
                  onChange={(event) =>
                    setDays(
                      event.target.checked
                        ? [...days, index + 1].sort((a, b) => a - b)
                        : days.filter((day) => day !== index + 1),
                    )
                  }
                />
                {name}
              </label>
            ))}
          </fieldset>
          <Button type="submit" kind="primary">
            Add
          </Button>
          {problem && (
            <p className="field-fault" role="alert">
              {problem.detail}
            </p>
          )}
        </form>
      )}
    </>
  );
}

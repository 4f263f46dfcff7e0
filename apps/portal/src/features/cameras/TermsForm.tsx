import { useState, type FormEvent } from 'react';
import { ConsentLevel, Purpose, type ConsentTerms } from '@clerestory/protocol/portal';
import { Button } from '../../ui/Button.tsx';
import { useWords } from '../../words/index.tsx';
import { Summary } from './Summary.tsx';
import { everyDay, firstWindow, isNearby, termsOf, type Hours } from './chosen-terms.ts';
import { distance, purposesIn } from './terms-words.ts';

const radii = [100, 300, 500, 1_000, 2_000];
const retentions = [0, 1, 7, 30];
const expiries = [3, 6, 12];
const monthMs = 30.4 * 24 * 60 * 60_000;

/** Where somebody begins who has chosen nothing yet: little. */
const first: ConsentTerms = {
  ...{ level: 'incident', purposes: ['violence', 'weapon', 'robbery', 'fire', 'medical', 'danger'] },
  ...{ hours: null, radiusM: 300, expiresAt: null, retentionDays: 0 },
};

/** Chooses what is allowed; below it says what that means while it is chosen. */
export function TermsForm({
  terms,
  exigentHours,
  busy,
  fault,
  save,
  cancel,
}: {
  terms: ConsentTerms | null;
  /** 0: the site knows no override. */
  exigentHours: number;
  busy: boolean;
  fault: string | undefined;
  save(terms: ConsentTerms): void;
  cancel(): void;
}) {
  const words = useWords();
  const { form, levels } = words.camera;
  const [chosen, setChosen] = useState<ConsentTerms>(terms ?? first);
  const [missing, setMissing] = useState('');
  const set = (part: Partial<ConsentTerms>) => setChosen((before) => ({ ...before, ...part }));
  const toggle = <T,>(all: readonly T[], one: T): T[] =>
    all.includes(one) ? all.filter((other) => other !== one) : [...all, one];

  const { level } = chosen;
  const nearby = isNearby(level);
  const zone = terms?.hours?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const result = termsOf(chosen, zone);
  const windows = result.hours?.windows ?? [];
  const setWindows = (next: Hours['windows']) =>
    set({ hours: next.length === 0 ? null : { zone: result.hours?.zone ?? zone, windows: next } });
  const setWindow = (at: number, part: Partial<Hours['windows'][number]>) =>
    setWindows(windows.map((one, n) => (n === at ? { ...one, ...part } : one)));
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (level !== 'registered' && result.purposes.length === 0) return setMissing(form.noPurpose);
    if (windows.some(({ days }) => days.length === 0)) return setMissing(form.noDay);
    save(result);
  };
  return (
    <form className="card stack" onSubmit={send}>
      <h2>{form.title}</h2>
      <fieldset className="choices">
        <legend>{form.level}</legend>
        {ConsentLevel.options.map((one) => (
          <label key={one} className="choice">
            <input type="radio" name="level" checked={level === one} onChange={() => set({ level: one })} />
            <span>
              <strong>{levels[one]?.[0]}</strong>
              <br />
              <small>{levels[one]?.[1]}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {level !== 'registered' && (
        <fieldset className="choices">
          <legend>{form.purposes}</legend>
          {Purpose.options.map((one) => (
            <label key={one} className="choice">
              <input
                type="checkbox"
                checked={chosen.purposes.includes(one)}
                onChange={() => set({ purposes: toggle(chosen.purposes, one) })}
              />
              <span>{purposesIn(words)[one]}</span>
            </label>
          ))}
        </fieldset>
      )}
      {level !== 'registered' && result.radiusM !== null && (
        <Select
          label={form.radius}
          value={String(result.radiusM)}
          options={[
            ...options(radii, result.radiusM).map((one): [string, string] => [
              String(one),
              distance(words, one),
            ]),
            ...(nearby ? [] : ([['', form.anyDistance]] as [string, string][])),
          ]}
          choose={(value) => set({ radiusM: value === '' ? null : Number(value) })}
        />
      )}
      {windows.map((window, at) => (
        <fieldset className="stack" key={at}>
          <legend>{form.hours}</legend>
          <div className="days">
            {everyDay.map((day) => (
              <label key={day} className="choice">
                <input
                  type="checkbox"
                  checked={window.days.includes(day)}
                  onChange={() => setWindow(at, { days: toggle(window.days, day) })}
                />
                <span>{form.days[day - 1]}</span>
              </label>
            ))}
          </div>
          <div className="row">
            {(['from', 'until'] as const).map((end) => (
              <label key={end} className="field">
                {end === 'from' ? form.from : form.untilTime}
                <input
                  type="time"
                  required
                  value={window[end]}
                  onChange={({ target }) => setWindow(at, { [end]: target.value })}
                />
              </label>
            ))}
          </div>
          {(windows.length > 1 || level !== 'scheduled') && (
            <Button onClick={() => setWindows(windows.filter((_one, n) => n !== at))}>
              {form.withoutHours}
            </Button>
          )}
        </fieldset>
      ))}
      {windows.length > 0 && windows.length < 14 && (
        <Button onClick={() => setWindows([...windows, firstWindow])}>{form.moreHours}</Button>
      )}
      {level !== 'registered' && (
        <>
          <Select
            label={form.expiry}
            value={chosen.expiresAt === null ? '' : 'kept'}
            options={[
              ['', form.untilStop],
              ...expiries.map((n): [string, string] => [String(n), form.months(String(n))]),
              ...(chosen.expiresAt === null
                ? []
                : ([['kept', new Date(chosen.expiresAt).toLocaleDateString(words.locale)]] as [
                    string,
                    string,
                  ][])),
            ]}
            choose={(value) =>
              value !== 'kept' &&
              set({ expiresAt: value === '' ? null : Math.round(Date.now() + Number(value) * monthMs) })
            }
          />
          <Select
            label={form.retention}
            value={String(chosen.retentionDays)}
            options={options(retentions, chosen.retentionDays).map((one) => [
              String(one),
              one === 0 ? form.noKeep : form.keepDays(String(one)),
            ])}
            choose={(value) => set({ retentionDays: Number(value) })}
          />
        </>
      )}
      <section className="stack agreement">
        <h3>{form.summary}</h3>
        <Summary terms={result} exigentHours={exigentHours} />
      </section>
      {(fault ?? missing) && (
        <p className="fault" role="alert">
          {fault ?? missing}
        </p>
      )}
      <Button look="main" type="submit" disabled={busy}>
        {words.camera.agree}
      </Button>
      <Button onClick={cancel}>{words.cancel}</Button>
    </form>
  );
}

/** The usual ones, and the one that is set. */
const options = (usual: readonly number[], set: number | null): number[] =>
  set === null || usual.includes(set) ? [...usual] : [...usual, set].sort((a, b) => a - b);

function Select({
  label,
  value,
  options: all,
  choose,
}: {
  label: string;
  value: string;
  options: [string, string][];
  choose(value: string): void;
}) {
  return (
    <label className="field">
      <strong>{label}</strong>
      <select value={value} onChange={({ target }) => choose(target.value)}>
        {all.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

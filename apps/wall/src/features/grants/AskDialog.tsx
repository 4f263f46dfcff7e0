import { purposeWords, type GrantAnswers, type GrantPurpose, type GrantWays } from '@clerestory/protocol';
import { useEffect, useMemo, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { say } from '../../state/toasts.ts';
import { useWall } from '../../state/use-wall.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, FormDialog } from '../../ui/Dialog.tsx';
import { TextAreaField } from '../../ui/TextField.tsx';
import { useStep } from '../people/use-step.ts';
import { choicesOf, consentWords, type Choice, type Target } from './words.ts';
import './grants.css';

const exigentKey = 'exigent';
/** Cameras whose ways are looked up for the list; the rest is decided when it is asked for. */
const maxLooked = 16;

function verdictOf({ way, opens, waits }: Choice, looked: number): string {
  if (looked > 1) return `opens ${opens} of ${looked}${waits > 0 ? `, ${waits} after a yes` : ''}`;
  switch (way.verdict) {
    case 'now':
      return 'opens now';
    case 'owner':
      return 'the owner is asked';
    case 'second-person':
      return 'a second person approves';
    case 'no':
      return 'does not open';
  }
}

function useWays(targets: readonly Target[]): readonly GrantWays[] | null | string {
  const [ways, setWays] = useState<readonly GrantWays[] | null | string>(null);
  const cameras = useMemo(
    () => [...new Set(targets.map(({ camera }) => camera))].slice(0, maxLooked),
    [targets],
  );
  useEffect(() => {
    let wanted = true;
    void Promise.all(cameras.map((camera) => callRoute('listWays', { params: { camera } }))).then(
      (answers) => {
        if (!wanted) return;
        const failed = answers.find((answer) => !answer.ok);
        if (failed && !failed.ok) setWays(failed.problem.detail);
        else setWays(answers.flatMap((answer) => (answer.ok ? [answer.value] : [])));
      },
    );
    return () => {
      wanted = false;
    };
  }, [cameras]);
  return ways;
}

/** What the asking led to, where not everything opened at once. */
function Outcome({ answers, onClose }: { answers: GrantAnswers; onClose: () => void }) {
  const cameras = useWall((state) => state.cameras);
  const isNone = answers.items.every(({ refusal }) => refusal !== null);
  return (
    <Dialog
      title={isNone ? 'It does not open' : 'Not everything opened'}
      size="m"
      onClose={onClose}
      foot={
        <div className="dialog-foot">
          <Button kind="primary" autoFocus onClick={onClose}>
            Close
          </Button>
        </div>
      }
    >
      <ul className="ask-outcome">
        {answers.items.map(({ camera, screen, grants, refusal }) => (
          <li key={`${camera} ${screen ?? ''}`}>
            <b>{cameras[camera]?.name ?? camera}</b>
            {refusal ? (
              <p>
                {refusal.why}. <span className="dim">{refusal.change}</span>
              </p>
            ) : (
              <p>{grants.every(({ state }) => state === 'live') ? 'Open.' : 'Waits for an answer.'}</p>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

/** Asks for private cameras: the purpose that opens most is chosen already, so that Enter asks. */
export function AskDialog({ targets, onClose }: { targets: readonly Target[]; onClose: () => void }) {
  const cameras = useWall((state) => state.cameras);
  const ways = useWays(targets);
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [refusedReason, setRefusedReason] = useState('');
  const [outcome, setOutcome] = useState<GrantAnswers | null>(null);
  const { busy, run, problem } = useStep();
  const choices = useMemo(
    () => (Array.isArray(ways) ? choicesOf((ways as GrantWays[]).map(({ items }) => items)) : []),
    [ways],
  );
  const key = chosen ?? choices[0]?.key ?? null;
  const choice = choices.find((one) => one.key === key);
  const exigentHours = Array.isArray(ways)
    ? Math.max(0, ...(ways as GrantWays[]).map((one) => one.exigentHours))
    : 0;
  const asked = new Set(targets.map(({ camera }) => camera)).size;
  const [first] = targets;
  const only = asked === 1 && first ? cameras[first.camera] : undefined;
  const purpose: GrantPurpose | null =
    key === exigentKey ? { kind: 'exigent', purpose: 'danger', reason } : (choice?.way.purpose ?? null);

  const reasonProblem = problem?.errors?.find(({ pointer }) => pointer === '/purpose/reason')?.message;
  // Said at its field, until something else stands there.
  const reasonFault = reason === refusedReason ? reasonProblem : undefined;

  if (outcome) return <Outcome answers={outcome} onClose={onClose} />;
  const submit = () => {
    if (!purpose) return;
    setRefusedReason(reason);
    void run(
      () =>
        callRoute('askForGrants', { body: { cameras: [...targets], purpose } }, { key: crypto.randomUUID() }),
      (answers) => {
        if (answers.items.some(({ refusal }) => refusal !== null)) return setOutcome(answers);
        const waits = answers.items.some(({ grants }) => grants.some(({ state }) => state !== 'live'));
        if (waits)
          say({
            tone: 'plain',
            title: 'Asked',
            text: 'It opens as soon as there is a yes. No answer counts as no.',
          });
        onClose();
      },
    );
  };
  return (
    <FormDialog
      title={only ? `Why ${only.name}?` : `Why these ${asked} private cameras?`}
      text={
        only
          ? `Private, ${consentWords[only.consent?.state ?? 'pending']}. The purpose, your role and the time are recorded and told to the owner.`
          : 'The purpose, your role and the time are recorded and told to the owners.'
      }
      size="m"
      action="Ask"
      busy={busy || purpose === null}
      fault={
        typeof ways === 'string'
          ? ways
          : reasonProblem
            ? null
            : (problem?.errors?.[0]?.message ?? problem?.detail ?? null)
      }
      onSubmit={submit}
      onClose={onClose}
    >
      {ways === null && (
        // Holds the focus: an Enter before there is anything to choose from must not press "Close".
        <p className="dim" tabIndex={-1} ref={(line) => line?.focus()}>
          Looking for what opens it…
        </p>
      )}
      {Array.isArray(ways) && choices.length === 0 && (
        <p className="ask-none">
          There is no open incident, and no purpose that the owner allows. Open an incident first (key i).
        </p>
      )}
      <div className="ask-list" role="radiogroup" aria-label="Purpose">
        {choices.map((one) => (
          <label key={one.key} className="ask-way" data-verdict={one.way.verdict}>
            <input
              type="radio"
              name="purpose"
              checked={key === one.key}
              autoFocus={choices[0] === one}
              onChange={() => setChosen(one.key)}
            />
            <span className="ask-text">
              {one.way.text}
              {one.way.distanceM !== null && (
                <span className="dim"> · {Math.round(one.way.distanceM)} m</span>
              )}
              {one.way.refusal && (
                <span className="ask-refusal">
                  {one.way.refusal.why}. {one.way.refusal.change}
                </span>
              )}
            </span>
            <span className="ask-verdict">{verdictOf(one, Math.min(asked, maxLooked))}</span>
          </label>
        ))}
        {exigentHours > 0 && (
          <label className="ask-way" data-verdict="second-person">
            <input
              type="radio"
              name="purpose"
              checked={key === exigentKey}
              onChange={() => setChosen(exigentKey)}
            />
            <span className="ask-text">
              {purposeWords.danger}: it cannot wait for the owner’s terms
              <span className="dim"> · at most {exigentHours} h</span>
            </span>
            <span className="ask-verdict">a second person approves</span>
          </label>
        )}
      </div>
      {key === exigentKey && (
        <TextAreaField
          label="Why it cannot wait, in a sentence"
          hint="It sets the owner’s limits and a pause aside. A second person reads this first; it stays in the record, and the owner is told."
          value={reason}
          rows={3}
          maxLength={500}
          fault={reasonFault}
          onChange={(event) => setReason(event.target.value.replaceAll(/\s*\n\s*/g, ' '))}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
          autoFocus
        />
      )}
    </FormDialog>
  );
}

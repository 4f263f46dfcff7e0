import type { Grant } from '@clerestory/protocol';
import { useEffect, useMemo } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { wallStore } from '../../state/store.ts';
import { useRoles } from '../../state/use-roles.ts';
import { useSession } from '../../state/use-session.ts';
import { useWall } from '../../state/use-wall.ts';
import { say } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { countdown } from './words.ts';
import { useNow } from '../../state/use-now.ts';
import './grants.css';

async function answer(request: string, approve: boolean): Promise<void> {
  const given = await callRoute('answerGrants', { params: { request }, body: { approve } });
  if (!given.ok) say({ tone: 'warn', title: given.problem.title, text: given.problem.detail });
}

/** Tells whoever asked that it was refused; a yes is seen. The screen that was asked for as well has the same answer. */
function useAnswers(me: string | undefined): void {
  const refused = useWall((state) => state.refusedGrant);
  useEffect(() => {
    if (!refused || refused.askedBy.id !== me || refused.viewer.kind !== 'person') return;
    const name = wallStore.getState().cameras[refused.camera]?.name ?? refused.camera;
    say({ tone: 'warn', title: `${name} does not open`, text: `${refused.end?.why ?? 'It was refused'}.` });
  }, [refused, me]);
}

/** What waits for a second person, on the console of whoever may say yes. No answer is a no. */
export function Approvals() {
  const me = useSession(({ who }) => who?.me?.id);
  const roles = useRoles();
  useAnswers(me);
  const grants = useWall((state) => state.grants);
  const cameras = useWall((state) => state.cameras);
  const asked = useMemo(() => {
    const waiting = Object.values(grants).filter(
      ({ state, askedBy, approvers = ['supervisor'] }) =>
        state === 'waiting-approval' &&
        askedBy.id !== me &&
        // The site says which roles approve.
        approvers.some((role) => roles.includes(role)),
    );
    return [...Map.groupBy(waiting, ({ request }) => request)];
  }, [grants, me, roles]);
  const mayAnswer = asked.length > 0;
  const nowMs = useNow(mayAnswer);
  if (!mayAnswer) return null;
  const namesOf = (list: readonly Grant[]) =>
    [...new Set(list.map(({ camera }) => cameras[camera]?.name ?? camera))].join(', ');
  return (
    <section className="approvals" aria-label="Waiting for your approval">
      {asked.map(([request, list]) => {
        const [first] = list;
        if (!first) return null;
        return (
          <div key={request} className="approval" role="alert">
            <h2>
              {first.askedBy.name} asks for {namesOf(list)}
            </h2>
            <p>
              {first.purposeText}
              {first.isOwnIncident && <span className="grant-own">opened the incident by hand</span>}
            </p>
            {first.purpose.kind === 'exigent' && (
              <>
                <p className="approval-reason">“{first.purpose.reason}”</p>
                <p>
                  A yes sets the owner’s limits and a pause aside. The owner is told, with both of you
                  recorded.
                </p>
              </>
            )}
            <div className="approval-foot">
              <span className="dim">No answer is a no: {countdown(first.endsAt, nowMs)}</span>
              <Button kind="quiet" onClick={() => void answer(request, false)}>
                No
              </Button>
              <Button kind="primary" onClick={() => void answer(request, true)}>
                Approve
              </Button>
            </div>
          </div>
        );
      })}
    </section>
  );
}

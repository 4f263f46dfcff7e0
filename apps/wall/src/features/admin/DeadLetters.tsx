import type { NoticeChannel, NoticeKind } from '@clerestory/protocol';
import { useCallback } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { Button } from '../../ui/Button.tsx';
import { dayAndTime } from '../../ui/time.ts';
import { useStep } from '../people/use-step.ts';
import { Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';

const kindWords: Record<NoticeKind, string> = {
  access: 'camera was watched',
  'access-asked': 'asked to watch',
  'footage-request': 'asked for footage',
  'camera-changed': 'camera changed here',
  'camera-removed': 'camera removed here',
};
const channelWords: Record<NoticeChannel, string> = { mail: 'mail', push: 'push', webhook: 'webhook' };

/** Notices that were given up, to be tried once more when what was wrong is mended. */
export function DeadLetters({ nameOf }: { nameOf: (owner: string) => string }) {
  const { value, problem, reload } = useAsked(useCallback(() => callRoute('listDeadLetters', {}), []));
  const { busy, run, problem: refused } = useStep();
  const fault = refused ?? problem;
  return (
    <div className="audit-part">
      <h2>Notices that did not arrive</h2>
      {fault && (
        <p className="field-fault" role="alert">
          {fault.detail}
        </p>
      )}
      <Table
        head={['Given up', 'Owner', 'Camera', 'About', 'By', 'Tries', 'Why', '']}
        empty={
          value?.items.length === 0
            ? 'None was given up. A notice that is not taken at once is tried again for about a day.'
            : null
        }
      >
        {value?.items.map((letter) => (
          <tr key={letter.id}>
            <td className="admin-time">{dayAndTime(letter.at)}</td>
            <td>{nameOf(letter.owner)}</td>
            <td>{letter.camera}</td>
            <td>{kindWords[letter.kind]}</td>
            <td>{channelWords[letter.channel]}</td>
            <td>{letter.attempts}</td>
            <td>{letter.why}</td>
            <td>
              <Button
                disabled={busy}
                onClick={() =>
                  void run(() => callRoute('retryDeadLetter', { params: { letter: letter.id } }), reload)
                }
              >
                Try again
              </Button>
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

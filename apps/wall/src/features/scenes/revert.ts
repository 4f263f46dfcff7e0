import type { Applied } from '@clerestory/protocol';
import type { Actions } from '../../commands/actions.ts';

/** Takes back a scene and all after it. What somebody changed since is asked about, never lost by the way. */
export function revertScene({ ask, say, show }: Actions, { sequence, name }: Applied): void {
  const revert = (since: 'refuse' | 'keep' | 'overwrite') =>
    ask({ type: 'scene:revert', applied: sequence, since });
  void revert('refuse').then((problem) => {
    if (problem === null) {
      show(null);
      return say({
        tone: 'plain',
        title: `"${name}" is taken back`,
        text: 'The screens are as they were before.',
      });
    }
    if (problem.code === 'conflict')
      return show({ kind: 'revert-scene', applied: sequence, detail: problem.detail });
    say({ tone: 'warn', title: problem.title, text: problem.detail });
  });
}

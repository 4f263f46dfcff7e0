import { problem, type Answer } from '@clerestory/protocol';
import { ok, refuse } from '../../platform/http.ts';
import type { OwnerLinks } from './links.ts';
import type { OwnerService } from './owner-service.ts';
import type { OwnerPasskeys } from './passkeys.ts';
import type { Belongings } from './ports.ts';
import type { OwnerSessions } from './session-service.ts';
import { lapsed, type OwnerSignIn } from './sign-in.ts';

export interface LeavingParts {
  owners: OwnerService;
  links: OwnerLinks;
  sessions: OwnerSessions;
  passkeys: OwnerPasskeys;
  signIn: OwnerSignIn;
  belongings(): Belongings;
}

/**
 * An owner leaves: asked for where they are signed in, and done by the link in a letter to their address. Taking back
 * comes first and is durable by itself; a server that is killed before the rest leaves an owner who lends nothing and
 * whose link still works.
 */
export class OwnerLeaving {
  readonly #parts: LeavingParts;
  constructor(parts: LeavingParts) {
    this.#parts = parts;
  }

  /** Sends the letter. Whoever reads an address that the agency entered does not leave in the owner's name. */
  ask(id: string): Answer<void> {
    const { owners, signIn } = this.#parts;
    const owner = owners.get(id);
    if (!owner) return refuse(lapsed);
    if (owners.holds.of(id))
      return refuse(
        problem(
          'forbidden',
          'The control room entered this address for you a short while ago. Until the address of before has said that it is right, nobody can leave in your name.',
        ),
      );
    return signIn.askToLeave(owner);
  }

  async leave(token: string, address: string): Promise<Answer<void>> {
    const { owners, links, sessions, passkeys, signIn, belongings } = this.#parts;
    const link = signIn.linkOf(token, address);
    if (!link.ok) return link;
    const owner = owners.get(link.value.owner ?? '');
    if (link.value.kind !== 'leave' || !owner || owners.holds.of(owner.id)) return refuse(lapsed);
    const { id } = owner;
    // First of all, so that nobody lends anything anew meanwhile.
    await sessions.endAllOf(id);
    const back = await belongings().takeBack(id);
    if (!back.ok) return back;
    const left = await owners.remove(id, async (write) => {
      if (!(await links.use(write, token))) return refuse(lapsed);
      const gone = await links.forgetAllOf(write, id);
      const over = await sessions.endAllIn(write, id);
      await passkeys.removeAllOf(write, id);
      const erased = await back.value(write);
      return ok(() => {
        gone.forgotten();
        signIn.inBackground(over.ended());
        erased();
      });
    });
    if (left.ok) signIn.farewell(owner);
    return left;
  }
}

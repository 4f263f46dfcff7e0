import type { Answer } from '@clerestory/protocol';
import type { Authenticators } from './authenticators.ts';
import type { ProviderService } from './provider-service.ts';
import type { SessionService } from './session-service.ts';
import type { Workstations } from './workstations.ts';

interface RescueParts {
  sessions: SessionService;
  authenticators: Authenticators;
  providers: ProviderService;
  workstations: Workstations;
}

const reason = 'authenticators-reset';

/** Everything beyond the password, every PIN and every session, in one transaction: no kill leaves a thief half of it. */
export async function resetAuthenticators(
  { sessions, authenticators, workstations }: RescueParts,
  person: string,
  by: string,
): Promise<void> {
  let tell = (): void => undefined;
  await authenticators.reset(person, by, async (write) => {
    tell = await sessions.endingAllOf(write, { person, reason, by, also: workstations.forgetting(person) });
  });
  tell();
}

/** An account at a provider, and what was begun with it: sessions, and full sign-ins that a PIN rests on. */
export async function unlinkProvider(
  { sessions, providers, workstations }: RescueParts,
  provider: string,
  person: string,
  by: string,
): Promise<Answer<void>> {
  let tell = (): void => undefined;
  const done = await providers.unlink(provider, person, by, async (write) => {
    const also = workstations.closing(person, null);
    tell = await sessions.endingAllOf(write, { person, reason, by, also });
  });
  if (done.ok) tell();
  return done;
}

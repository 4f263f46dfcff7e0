import * as oidc from 'openid-client';
import type { Clock } from '../../platform/clock.ts';
import { deadlineIn, isPast, type Deadline } from '../../platform/deadline.ts';
import type { StoredProvider } from './provider-store.ts';

/** A provider answers each request within this time, s. */
const timeoutS = 10;
/** What a provider says about itself is asked for again after this; one that gave no answer, sooner. */
const keptMs = 5 * 60_000;
const failedMs = 5_000;

interface Known {
  revision: number;
  until: Deadline | null;
  config: Promise<oidc.Configuration | Error>;
}

/**
 * What providers say about themselves (OpenID Connect Discovery 1.0). Asked once for everybody who comes at the same
 * time and a while after: sign-ins are begun by anybody, and no stranger makes the server ask elsewhere at each.
 */
export class Discovery {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The configuration, or why there is none. */
  of(provider: StoredProvider): Promise<oidc.Configuration | Error> {
    const before = this.#known.get(provider.id);
    const fresh = before && (before.until === null || !isPast(this.#clock, before.until));
    if (fresh && before.revision === provider.revision) return before.config;
    const known: Known = { revision: provider.revision, until: null, config: ask(provider) };
    this.#known.set(provider.id, known);
    void known.config.then((config) => {
      known.until = deadlineIn(this.#clock, config instanceof Error ? failedMs : keptMs);
    });
    return known.config;
  }

  /** Something did not fit: ask anew the next time. */
  forget({ id }: StoredProvider): void {
    this.#known.delete(id);
  }
}

async function ask(provider: StoredProvider): Promise<oidc.Configuration | Error> {
  const issuer = new URL(provider.issuer);
  try {
    const config = await oidc.discovery(
      issuer,
      provider.clientId,
      undefined,
      provider.clientSecret === null ? oidc.None() : oidc.ClientSecretPost(provider.clientSecret),
      {
        timeout: timeoutS,
        execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
      },
    );
    config.timeout = timeoutS;
    return config;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

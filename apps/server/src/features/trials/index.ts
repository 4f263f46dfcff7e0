import {
  problem,
  type Answer,
  type CameraSource,
  type TrialAnswer,
  type TrialOrder,
  type TrialOutcome,
} from '@clerestory/protocol';
import type { CameraNetworks } from '../../platform/addresses/networks.ts';
import { checkSource } from '../../platform/addresses/source.ts';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';

export interface TrialParts {
  networks: CameraNetworks;
  /** What a profile of a probed device would be registered as. */
  probed(probe: string, profile: string): Answer<CameraSource>;
  /** Asks a media node; null: none is there. */
  run(order: TrialOrder): Promise<TrialOutcome | null>;
}

/** A test picture of a camera before it is registered. Nothing is kept of it. */
export function trialRoutes({ networks, probed, run }: TrialParts): RouteHandlers {
  const take = async (order: TrialOrder): Promise<Answer<TrialAnswer>> => {
    const allowed = await checkSource(order.source, { networks });
    if (!allowed.ok) return allowed;
    const outcome = await run(order);
    if (!outcome)
      return refuse(
        problem('unavailable', 'The media node is away. It is being started; try again in a moment.'),
      );
    return outcome.ok ? ok(outcome.picture) : refuse(problem('bad-gateway', `${outcome.reason}.`));
  };
  return {
    tryCamera: async ({ body }) => {
      const { probe = '', profile = '', stream } = body;
      if (body.source) return take({ source: body.source, stream });
      const source = probed(probe, profile);
      return source.ok ? take({ source: source.value, stream: 'main' }) : source;
    },
  };
}

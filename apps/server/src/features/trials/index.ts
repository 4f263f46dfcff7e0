import {
  problem,
  type Answer,
  type Camera,
  type CameraSource,
  type MediaCamera,
  type RecordNote,
  type TrialAnswer,
  type TrialOrder,
  type TrialOutcome,
} from '@clerestory/protocol';
import { actorName } from '../../platform/actor.ts';
import type { Resolve } from '../../platform/addresses/check.ts';
import type { CameraNetworks } from '../../platform/addresses/networks.ts';
import { checkSource, devicesOf, namedPlaces } from '../../platform/addresses/source.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse, type RequestContext, type RouteHandlers } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import { registeredDevices, whoseIs } from './registered.ts';

export interface TrialParts {
  db: Database;
  record: { append(write: Write, note: RecordNote): Promise<unknown> };
  networks: CameraNetworks;
  resolve?: Resolve;
  cameras: {
    get(camera: string): Camera | undefined;
    forMedia(): readonly MediaCamera[];
    /** A private camera was lent from there, and its owner has not given the address free. */
    wasLent(source: CameraSource, devices: readonly string[]): boolean;
  };
  /** What a profile of a probed device would be registered as. */
  probed(probe: string, profile: string): Answer<CameraSource>;
  /** Asks a media node; null: none is there. */
  run(order: TrialOrder): Promise<TrialOutcome | null>;
}

/**
 * A test picture of a camera before it is registered. Nothing is kept of it, and who took it from where is in the record.
 * From a device of a registered camera nobody gets one: who may try may watch no camera, and a trial knows neither masks
 * nor grants. By which path or port it is asked for makes no difference, since one device has many to the same picture.
 */
export function trialRoutes({ networks, resolve, ...parts }: TrialParts): RouteHandlers {
  const { db, record, cameras, probed, run } = parts;
  const take = async (
    source: CameraSource,
    stream: TrialOrder['stream'],
    { actor, sees }: RequestContext,
  ): Promise<Answer<TrialAnswer>> => {
    const allowed = await checkSource(source, { networks, ...(resolve && { resolve }) });
    if (!allowed.ok) return allowed;
    const devices = await registeredDevices(cameras.forMedia(), resolve);
    const theirs = await whoseIs(source, devices, resolve);
    const isRefused = theirs !== null || cameras.wasLent(source, await devicesOf(source, resolve));
    await db.transaction().execute((write) =>
      record.append(write, {
        kind: 'camera-tried',
        actor: actorName(actor),
        subject: theirs === null ? 'server' : `camera:${theirs}`,
        detail: {
          ...{ source: source.kind, stream, at: namedPlaces(source).map((place) => place.slice(0, 200)) },
          answer: isRefused ? 'refused' : 'asked',
        },
      }),
    );
    if (theirs !== null) return takenBy(sees(theirs) ? cameras.get(theirs) : undefined);
    if (isRefused) return refuse(wasLent);
    const outcome = await run({ source, stream, shunned: [...devices.keys()].filter(isAddress) });
    if (!outcome)
      return refuse(
        problem('unavailable', 'The media node is away. It is being started; try again in a moment.'),
      );
    return outcome.ok ? ok(outcome.picture) : refuse(problem('bad-gateway', `${outcome.reason}.`));
  };
  return {
    tryCamera: async ({ body }, context) => {
      const { probe = '', profile = '', stream } = body;
      if (body.source) return take(body.source, stream, context);
      const source = probed(probe, profile);
      return source.ok ? take(source.value, 'main', context) : source;
    },
  };
}

const wasLent = problem(
  'forbidden',
  'A private camera was lent from this device, and no test picture is taken of it any more. Its owner can give the address free, on the page of that camera.',
);
const isAddress = (place: string): boolean => !/^(scene|port) /.test(place);

const takenBy = (camera: Camera | undefined): Answer<never> =>
  refuse(
    problem(
      'forbidden',
      `${camera ? `"${camera.name}" (${camera.number})` : 'A registered camera'} gets its pictures from this device, and no test picture is taken past its rights and masks. Register the new camera without one: whether pictures arrive is shown with its state, and whoever may watch it sees them.`,
    ),
  );

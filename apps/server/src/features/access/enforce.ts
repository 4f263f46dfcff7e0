import type { RequestHandler } from 'express';
import {
  problem,
  type Answer,
  type CameraHealth,
  type ClientCommand,
  type Assignment,
  type Commit,
  type RouteName,
  type ScreenStatus,
  type TileRef,
  type WallState,
} from '@clerestory/protocol';
import { actorName, anonymous, type Actor } from '../../platform/actor.ts';
import type { Peer } from '../../platform/peers.ts';
import { sendProblem, type RequestContext, type RouteGuard } from '../../platform/http.ts';
import { admits, policy, type DoorId, type PolicyRow } from './policy.ts';
import type { RefusalSink } from './ports.ts';
import type { RightsService } from './rights-service.ts';
import { seen, type Sees } from './views.ts';

const allowed: Answer<void> = { ok: true, value: undefined };

/** The refusal for a camera that is not there, and for one that is not there for whoever asks. */
export const noCamera = (camera: string): Answer<never> => ({
  ok: false,
  problem: problem('not-found', `There is no camera "${camera}".`),
});

export const denied: Extract<Answer<never>, { ok: false }> = {
  ok: false,
  problem: problem('forbidden', 'You have no right to this. An administrator can give it to you.'),
};
const locked: Answer<never> = {
  ok: false,
  problem: problem('locked', 'This session is locked. Unlock it with your PIN, password or passkey.'),
};

/** The right that a row asks for, on the camera that is named or on some camera. */
export function checkRight(
  rights: RightsService,
  row: PolicyRow,
  actor: Actor,
  camera: string | null,
): Answer<void> {
  if (!row.right || row.camera === 'each') return allowed;
  if (camera === null) return rights.somewhere(actor).includes(row.right) ? allowed : denied;
  const decision = rights.may(actor, row.right, camera);
  if (decision.ok) return allowed;
  return decision.because === 'hidden' ? noCamera(camera) : decision.because === 'locked' ? locked : denied;
}

/** The camera that a request or an event names, where its row asks for one. */
export const cameraOf = (row: PolicyRow, input: { params: unknown; body: unknown }): string | null => {
  const from = row.camera === 'params' ? input.params : row.camera === 'body' ? input.body : null;
  const camera = (from as { camera?: unknown } | null | undefined)?.camera;
  return typeof camera === 'string' ? camera : null;
};

const camerasNamed = (command: ClientCommand): readonly string[] =>
  'cameras' in command ? command.cameras : 'camera' in command ? [command.camera] : [];

/** What is refused of a command, and at which door: its own row, for each camera that it names. Null: nothing. */
export function refusedCommand(
  rights: RightsService,
  actor: Actor,
  wall: string,
  command: ClientCommand,
): { door: DoorId; camera: string | null; answer: Extract<Answer<never>, { ok: false }> } | null {
  const door = `command:${command.type}` as const;
  if (command.type === 'tile:swap' && !rights.maySwap(actor, wall, [command.a, command.b]))
    return { door, camera: null, answer: denied };
  const row = policy[door];
  const named = camerasNamed(command);
  for (const camera of named.length === 0 ? [null] : named) {
    const admitted = admits(row, actor);
    const answer = admitted.ok ? checkRight(rights, row, actor, camera) : admitted;
    if (!answer.ok) return { door, camera, answer };
  }
  return null;
}

export interface EnforcementParts {
  rights: RightsService;
  refusals: RefusalSink;
  peerOf(request: Parameters<RequestHandler>[0]): Peer;
  /** Who is behind a request. */
  authenticate: (request: Parameters<RequestHandler>[0]) => Actor | undefined;
}

/** Of the routes that carry one whose rights depend on what is in it. */
function commandOf(route: RouteName, { params, body }: { params: unknown; body: unknown }) {
  if (route !== 'commandWall' && route !== 'swapTiles') return null;
  const { wall } = params as { wall: string };
  if (route === 'commandWall') return { wall, command: body as ClientCommand };
  return { wall, command: { ...(body as { a: TileRef; b: TileRef }), type: 'tile:swap' as const } };
}

/** The policy table at the HTTP doors. */
export class Enforcement implements RouteGuard {
  readonly #parts: EnforcementParts;
  constructor(parts: EnforcementParts) {
    this.#parts = parts;
  }

  admits(route: RouteName, { actor, web }: RequestContext): Answer<void> {
    return this.#noted(`rest:${route}`, actor, '', web.address, admits(policy[`rest:${route}`], actor));
  }

  allows(
    route: RouteName,
    input: { params: unknown; body: unknown },
    { actor, web }: RequestContext,
  ): Answer<void> {
    const row = policy[`rest:${route}`];
    const camera = cameraOf(row, input);
    const checked = checkRight(this.#parts.rights, row, actor, camera);
    const command = checked.ok ? commandOf(route, input) : null;
    const refused = command && refusedCommand(this.#parts.rights, actor, command.wall, command.command);
    const about = refused ? refused.camera : camera;
    return this.#noted(
      refused?.door ?? `rest:${route}`,
      actor,
      about === null ? '' : `camera:${about}`,
      web.address,
      refused?.answer ?? checked,
    );
  }

  sees(actor: Actor): Sees {
    return this.#parts.rights.sees(actor);
  }

  present(route: RouteName, value: unknown, { sees }: RequestContext): unknown {
    return presenters[route]?.(value as never, sees) ?? value;
  }

  /** For a door that is no route of the API. */
  door(id: DoorId): RequestHandler {
    return (request, response, next) => {
      const actor = this.#parts.authenticate(request) ?? anonymous;
      const { address, local, proxied } = this.#parts.peerOf(request);
      const answer = this.#noted(id, actor, '', address, admits(policy[id], actor, local && !proxied));
      if (answer.ok) next();
      else sendProblem(response, answer.problem);
    };
  }

  #noted(asked: DoorId, actor: Actor, subject: string, address: string, answer: Answer<void>): Answer<void> {
    if (!answer.ok)
      this.#parts.refusals.note({
        actor: actorName(actor),
        asked,
        subject,
        code: answer.problem.code,
        ...(actor.kind === 'anonymous' && { address }),
      });
    return answer;
  }
}

type Screenlike = WallState['screens'][number] & { status: ScreenStatus };
const screenWithStatus = (screen: Screenlike, sees: Sees): Screenlike => ({
  ...seen.screen(screen, sees),
  status: seen.status(screen.status, sees),
});

/** Answers that hold things of cameras. `listCameras` leaves them out itself, since it counts and pages. */
const presenters: { [N in RouteName]?: (value: never, sees: Sees) => unknown } = {
  listHealth: ({ items }: { items: CameraHealth[] }, sees) => ({ items: seen.health(items, sees) }),
  getWall: (wall: WallState, sees) => seen.wall(wall, sees),
  listCommits: ({ items, next }: { items: Commit[]; next: string | null }, sees) => ({
    items: items.map((commit) => seen.commit(commit, sees)),
    next,
  }),
  listScreens: ({ items }: { items: Screenlike[] }, sees) => ({
    items: items.map((screen) => screenWithStatus(screen, sees)),
  }),
  getScreen: (screen: Screenlike, sees) => screenWithStatus(screen, sees),
  getTile: ({ tile, assignment }: { tile: number; assignment: Assignment | null }, sees) => ({
    tile,
    assignment: assignment && seen.tile(assignment, sees),
  }),
};

import { problem, type CameraGroup, type WallState } from '@clerestory/protocol';
import { actorName, type PersonActor } from '../../platform/actor.ts';
import { ok, refuse, type RequestContext, type RouteHandlers } from '../../platform/http.ts';
import type { WebExchange } from '../../platform/web.ts';
import { deviceCookie, deviceCookieS, type Devices } from './devices.ts';
import { pairingMs, type PairingDesk } from './pairing.ts';
import type { PlayerLinks } from './player-links.ts';
import type { RightsService } from './rights-service.ts';
import type { ViewsService } from './views-service.ts';

/** The secret of a browser that shows a code. */
const pairingCookie = 'clerestory-pairing';

export interface AccessRouteParts {
  rights: RightsService;
  devices: Devices;
  desk: PairingDesk;
  links: PlayerLinks;
  views: ViewsService;
  walls: {
    ofScreen(screen: string): WallState | undefined;
    isFor(wall: string, by: string): boolean;
  };
}

const signIn = refuse(problem('unauthenticated', 'Sign in first.'));
const personOf = ({ actor }: RequestContext): PersonActor | null => (actor.kind === 'person' ? actor : null);

/** Rights, camera groups, screens and links over REST. Who may is for the policy table. */
export function accessRoutes({
  rights,
  devices,
  desk,
  links,
  views,
  walls,
}: AccessRouteParts): RouteHandlers {
  return {
    // Who gives rights has to see what a right covers, and would else take out of a group what is not listed. Others
    // read of no camera that does not exist for them.
    listCameraGroups: (_input, { actor, sees }) => {
      const all = actor.kind === 'person' && actor.roles.includes('administrator');
      const seen = (group: CameraGroup) => ({ ...group, cameras: group.cameras.filter(sees) });
      return ok({ items: all ? rights.groups() : rights.groups().map(seen) });
    },
    createCameraGroup: ({ body }, { actor, key }) => rights.createGroup(body, actorName(actor), key),
    updateCameraGroup: ({ params, body }, { actor, base }) =>
      rights.updateGroup(params.group, body, base, actorName(actor)),
    deleteCameraGroup: ({ params }, { actor }) => rights.removeGroup(params.group, actorName(actor)),
    listRights: () => ok({ items: [...rights.rules()] }),
    addRight: ({ body }, { actor, key }) => rights.addRule(body, actorName(actor), key),
    removeRight: ({ params }, { actor }) => rights.removeRule(params.rule, actorName(actor)),
    getMyRights: (_input, { actor }) =>
      ok({ rights: rights.somewhere(actor), locked: actor.kind === 'person' && actor.locked }),
    ...pairingRoutes(devices, desk, walls),
    listScreenDevices: () => ok({ items: devices.list() }),
    revokeScreenDevice: ({ params }, { actor }) => devices.revoke(params.device, actorName(actor)),
    makePlayerLink: ({ params }, context) => {
      const person = personOf(context);
      return person ? links.make(params.camera, person) : signIn;
    },
    renewPlayerLink: ({ params }, context) => {
      const person = personOf(context);
      return person ? links.renew(params.link, person) : signIn;
    },
    endPlayerLink: ({ params }, context) => {
      const person = personOf(context);
      return person ? links.end(params.link, person) : signIn;
    },
    listViewers: ({ params }) => ok({ camera: params.camera, viewers: views.viewersOf(params.camera) }),
  };
}

function pairingRoutes(
  devices: Devices,
  desk: PairingDesk,
  walls: AccessRouteParts['walls'],
): Pick<RouteHandlers, 'beginPairing' | 'getPairing' | 'approvePairing'> {
  /** What became of the code that this browser shows; with the token, once, when somebody has entered it. */
  const follow = (web: WebExchange) => {
    const secret = web.cookie(pairingCookie);
    const found = secret === undefined ? null : desk.look(secret);
    if (found !== null && found.token !== null) {
      web.setCookie({ name: deviceCookie, value: found.token, maxAgeS: deviceCookieS });
      web.setCookie({ name: pairingCookie, value: '', maxAgeS: 0 });
    }
    return found?.pairing;
  };
  return {
    // A page that was loaded again goes on with its code.
    beginPairing: (_input, { web }) => {
      const followed = follow(web);
      if (followed) return ok(followed);
      const begun = desk.begin(web.address);
      if (!begun.ok) return begun;
      web.setCookie({ name: pairingCookie, value: begun.value.secret, maxAgeS: pairingMs / 1000 });
      return ok(begun.value.pairing);
    },
    getPairing: (_input, { web, actor }) => {
      const followed = follow(web);
      if (followed) return ok(followed);
      const token = web.cookie(deviceCookie);
      const screen =
        actor.kind === 'screen' ? actor : token === undefined ? undefined : devices.ofToken(token);
      if (!screen || token === undefined)
        return refuse(
          problem('not-found', 'This browser is no screen and shows no code. Ask for a code first.'),
        );
      // Browsers keep a cookie for 400 days at most; each start begins them anew.
      web.setCookie({ name: deviceCookie, value: token, maxAgeS: deviceCookieS });
      return ok({ state: 'paired', wall: screen.wall, screen: screen.id });
    },
    approvePairing: ({ body }, { actor }) => {
      const wall = walls.ofScreen(body.screen);
      const screen = wall?.screens.find(({ id }) => id === body.screen);
      if (!wall || !screen || !walls.isFor(wall.id, actorName(actor)))
        return refuse(problem('not-found', `There is no screen "${body.screen}". Add it to a wall first.`));
      return desk.approve(
        body.code,
        { wall: wall.id, screen: screen.id, name: body.name ?? screen.name },
        actorName(actor),
      );
    },
  };
}

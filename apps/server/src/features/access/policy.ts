import {
  problem,
  type Answer,
  type ClientCommand,
  type ClientEventName,
  type MediaPathName,
  type PushNotice,
  type PushRequest,
  type Right,
  type Role,
  type RouteName,
  type ServerEventName,
} from '@clerestory/protocol';
import type { Actor } from '../../platform/actor.ts';

/**
 * Who may use a door. A role; `person`: anybody who signed in, whatever the roles; `screen`: a paired screen; `owner`: who lends
 * cameras, at the pages for owners; `feed`: a system that opens incidents and closes its own, at its own doors; `anyone`: also who has not signed in; `local`: a program on this machine itself.
 */
export type Who = Role | 'person' | 'screen' | 'owner' | 'feed' | 'anyone' | 'local';

/** One door: who may use it, and what is asked besides. */
export interface PolicyRow {
  who: readonly Who[];
  /** A locked session may not. */
  unlocked?: true;
  /** Needed on the camera that is named; where none is, on some camera. */
  right?: Right;
  /**
   * Where the camera is named. `each`: one for each thing that is sent, so what one may not see is left out; `several`: each
   * of the body's `cameras`.
   */
  camera?: 'params' | 'body' | 'each' | 'several';
}

type FrameName =
  `request:${PushRequest['type']}` | `notice:${PushNotice['type']}` | 'binary:init' | 'binary:chunk';
type PagePath =
  | 'healthz'
  | 'readyz'
  | 'metrics'
  | 'openapi'
  | 'page'
  | 'portal'
  | 'owner-live'
  | 'screen-page'
  | 'no-page'
  | 'files'
  | 'log'
  | 'socket'
  | 'media-link';
export type DoorId =
  | `rest:${RouteName}`
  | `http:${PagePath}`
  | `event:${ClientEventName}`
  | `command:${ClientCommand['type']}`
  | `push:${ServerEventName}`
  | `frame:${FrameName}`
  | `media:${MediaPathName}`;

const anyone: PolicyRow = { who: ['anyone'] };
const person: PolicyRow = { who: ['person'] };
const acting: PolicyRow = { who: ['person'], unlocked: true };
const everyRole = ['operator', 'supervisor', 'investigator', 'auditor', 'administrator'] as const;
const atTheWall = ['operator', 'supervisor', 'investigator'] as const;
const builders = ['supervisor', 'administrator'] as const;
const reading: PolicyRow = { who: everyRole };
const seeing: PolicyRow = { who: everyRole, right: 'see', camera: 'params' };
const listing: PolicyRow = { who: everyRole, right: 'see', camera: 'each' };
const overseeing: PolicyRow = { who: ['administrator', 'auditor'] };
const administering: PolicyRow = { who: ['administrator'], unlocked: true };
const building: PolicyRow = { who: builders, unlocked: true };
const arranging: PolicyRow = { who: atTheWall, unlocked: true, right: 'arrange' };
const putting: PolicyRow = { ...arranging, camera: 'body' };
const moving: PolicyRow = { who: atTheWall, unlocked: true, right: 'ptz', camera: 'body' };
const owning: PolicyRow = { who: ['owner'] };
const supervising: PolicyRow = { who: ['supervisor'], unlocked: true };
const auditing: PolicyRow = { who: ['auditor'] };
const exporting: PolicyRow = { who: atTheWall, unlocked: true, right: 'export', camera: 'params' };
/** What a window of the wall gets. */
const windows = [...everyRole, 'screen'] as const;
const pushed: PolicyRow = { who: windows, right: 'see', camera: 'each' };
/** Whoever can hold a grant; the gate asks for the right again with each piece. */
const watching: PolicyRow = { who: [...atTheWall, 'screen'], right: 'live', camera: 'params' };
const replaying: PolicyRow = { who: atTheWall, unlocked: true, right: 'replay', camera: 'params' };
/** Whoever sits there, and no screen of a room: a sound is heard by everybody in it. */
const listening: PolicyRow = { who: atTheWall, unlocked: true, right: 'live', camera: 'params' };
const connected: PolicyRow = { who: [...everyRole, 'screen'] };

/** Sign-in has its own limits and answers; nobody is signed in yet when it is used. */
const session = {
  'rest:whoAmI': anyone,
  'rest:signIn': anyone,
  'rest:secondStep': anyone,
  'rest:signOut': anyone,
  'rest:switchPerson': anyone,
  'rest:passkeySignInOptions': anyone,
  'rest:passkeySignIn': anyone,
  'rest:providerSignIn': anyone,
  'rest:providerReturn': anyone,
  'rest:setUp': anyone,
  'rest:redeemLink': anyone,
  'rest:lockSession': person,
  'rest:unlockSession': person,
  'rest:touchSession': person,
} as const;

const me = {
  'rest:listMySessions': person,
  'rest:endMySession': person,
  'rest:endMySessions': person,
  'rest:changeMyPassword': acting,
  'rest:getMyAuthenticators': person,
  'rest:beginTotp': acting,
  'rest:confirmTotp': acting,
  'rest:removeTotp': acting,
  'rest:renewRecoveryCodes': acting,
  'rest:beginPasskey': acting,
  'rest:addPasskey': acting,
  'rest:removePasskey': acting,
  'rest:setMyPin': acting,
  'rest:removeMyPin': acting,
  'rest:linkProvider': acting,
  'rest:unlinkProvider': acting,
  'rest:getMyRights': person,
  'rest:openWorkstation': { who: atTheWall, unlocked: true },
  'rest:getMyConsole': person,
  'rest:setMyConsole': acting,
  // Names of groups alone; the service leaves out cameras that one may not see.
  'rest:listMyCameraGroups': person,
  'rest:noteCommands': acting,
} as const;

const people = {
  'rest:listPeople': overseeing,
  'rest:createPerson': administering,
  'rest:getPerson': overseeing,
  'rest:updatePerson': administering,
  'rest:makeLink': administering,
  'rest:listSessionsOf': overseeing,
  'rest:endSessionsOf': administering,
  'rest:listSessions': overseeing,
  'rest:endSession': administering,
  'rest:resetAuthenticators': administering,
  'rest:getAuthenticatorsOf': overseeing,
  'rest:unlinkProviderOf': administering,
  'rest:importPeople': administering,
  'rest:getPeoplePolicy': overseeing,
  'rest:setPeoplePolicy': administering,
  'rest:listProviders': overseeing,
  'rest:createProvider': administering,
  'rest:updateProvider': administering,
  'rest:deleteProvider': administering,
} as const;

const access = {
  'rest:listCameraGroups': { who: ['administrator', 'auditor'] },
  'rest:createCameraGroup': administering,
  'rest:updateCameraGroup': administering,
  'rest:deleteCameraGroup': administering,
  'rest:listRights': overseeing,
  'rest:addRight': administering,
  'rest:removeRight': administering,
  'rest:beginPairing': anyone,
  'rest:getPairing': anyone,
  'rest:approvePairing': building,
  'rest:listScreenDevices': { who: [...builders, 'auditor'] },
  'rest:revokeScreenDevice': building,
  'rest:makePlayerLink': exporting,
  'rest:renewPlayerLink': { who: atTheWall, unlocked: true, right: 'export' },
  'rest:endPlayerLink': { who: atTheWall },
  'rest:listViewers': seeing,
  'rest:readRecord': auditing,
  'rest:getRecordHead': auditing,
  'rest:verifyRecord': auditing,
  'rest:getLogStatus': overseeing,
  'rest:searchRecord': auditing,
  'rest:getAuditList': auditing,
  'rest:whoCouldSee': auditing,
  'rest:exportRecord': auditing,
  'rest:listSamples': auditing,
  'rest:drawSample': { ...auditing, unlocked: true },
  'rest:getSample': auditing,
  'rest:exportSample': auditing,
  'rest:addFinding': { ...auditing, unlocked: true },
} as const;

const consent = {
  'rest:listIncidents': reading,
  'rest:listFeeds': overseeing,
  'rest:createFeed': administering,
  'rest:deleteFeed': administering,
  'rest:feedIncident': { who: ['feed'] },
  'rest:feedCloseIncident': { who: ['feed'] },
  'rest:openIncident': { who: atTheWall, unlocked: true },
  'rest:closeIncident': { who: atTheWall, unlocked: true },
  'rest:getConsents': { who: everyRole, right: 'see', camera: 'params' },
  'rest:proposeConsent': { ...administering, right: 'see', camera: 'params' },
  'rest:getSitePolicy': reading,
  'rest:setSitePolicy': administering,
  'rest:switchPrivate': { who: builders, unlocked: true },
  'rest:listWays': { who: atTheWall, right: 'live', camera: 'params' },
  // The right is asked for each camera by itself.
  'rest:askForGrants': { who: atTheWall, unlocked: true, right: 'live' },
  'rest:listFootage': { who: ['investigator', 'supervisor', 'auditor'] },
  'rest:getFootage': { who: ['investigator', 'supervisor', 'auditor'] },
  'rest:askForFootage': { who: ['investigator'], unlocked: true },
  'rest:moderateFootage': supervising,
  'rest:closeFootage': { who: ['investigator', 'supervisor'], unlocked: true },
  // Names and contacts of owners: not on a desk that somebody has left.
  'rest:listFootageAnswers': { who: ['investigator', 'supervisor'], unlocked: true },
  'rest:listPublishedFootage': anyone,
  'rest:listGrants': listing,
  'rest:answerGrants': { who: atTheWall, unlocked: true },
  'rest:endGrant': { who: atTheWall, unlocked: true },
} as const;

/** Some of the commands of a wall. */
const commanding: PolicyRow = { who: [...atTheWall, 'administrator'], unlocked: true };

const wall = {
  'rest:listCameras': listing,
  'rest:createCamera': administering,
  'rest:getCamera': seeing,
  'rest:updateCamera': { ...administering, right: 'see', camera: 'params' },
  // Who watches may hide more of a camera; only who sees no pictures may uncover what is hidden.
  'rest:setMasks': { ...building, right: 'see', camera: 'params' },
  'rest:setSound': { ...administering, right: 'see', camera: 'params' },
  'rest:deleteCamera': { ...administering, right: 'see', camera: 'params' },
  'rest:discoverDevices': administering,
  'rest:probeDevice': administering,
  'rest:createOnvifCamera': administering,
  'rest:tryCamera': administering,
  'rest:createImport': administering,
  'rest:getImport': administering,
  'rest:startImport': administering,
  'rest:cancelImport': administering,
  'rest:listTransitions': seeing,
  'rest:noteSnapshot': exporting,
  'rest:markMoment': { who: atTheWall, unlocked: true, right: 'live', camera: 'params' },
  'rest:listMarks': seeing,
  'rest:listHealth': listing,
  'rest:getFleet': listing,
  'rest:listLayouts': reading,
  'rest:listWalls': reading,
  'rest:createWall': building,
  'rest:getWall': listing,
  'rest:renameWall': building,
  'rest:listCommits': listing,
  'rest:listScreens': listing,
  'rest:createScreen': building,
  'rest:getScreen': listing,
  'rest:renameScreen': building,
  'rest:deleteScreen': building,
  'rest:setLayout': arranging,
  'rest:clearScreen': arranging,
  'rest:getTile': listing,
  'rest:assignTile': putting,
  'rest:clearTile': arranging,
  'rest:swapTiles': arranging,
  // And then the row of the command that it carries.
  'rest:commandWall': commanding,
} as const;

const owners = {
  'rest:ownerWhoAmI': anyone,
  'rest:ownerAskLink': anyone,
  'rest:ownerLookLink': anyone,
  'rest:ownerAnswerLink': anyone,
  'rest:ownerLeave': anyone,
  'rest:ownerSignIn': anyone,
  'rest:ownerSignOut': anyone,
  'rest:ownerPasskeySignInOptions': anyone,
  'rest:ownerPasskeySignIn': anyone,
  'rest:ownerUpdateMe': owning,
  'rest:ownerAskLeave': owning,
  'rest:ownerBeginPasskey': owning,
  'rest:ownerAddPasskey': owning,
  'rest:ownerRemovePasskey': owning,
  'rest:listOwners': { who: ['administrator'] },
  'rest:createOwner': administering,
  'rest:getOwner': { who: ['administrator'] },
  'rest:updateOwner': administering,
  'rest:renewOwnerKeys': administering,
  'rest:ownerListCameras': owning,
  'rest:ownerRegisterCamera': owning,
  'rest:ownerCorrectCamera': owning,
  'rest:ownerRemoveCamera': owning,
  'rest:ownerListPast': owning,
  'rest:ownerReleaseAddress': owning,
  'rest:ownerChangeConsent': owning,
  'rest:ownerListAccesses': owning,
  'rest:ownerGetProof': owning,
  'rest:ownerListConsents': owning,
  'rest:ownerAnswerAccess': owning,
  'rest:ownerEndAccess': owning,
  'rest:ownerNoticeRoads': owning,
  'rest:ownerSetWebhook': owning,
  'rest:ownerRemoveWebhook': owning,
  'rest:ownerAddPush': owning,
  'rest:ownerRemovePush': owning,
  'rest:listDeadLetters': overseeing,
  'rest:retryDeadLetter': administering,
  'rest:ownerListFootage': owning,
  'rest:ownerAnswerFootage': owning,
  'rest:ownerWithdrawFootage': owning,
  'rest:ownerHideFootage': owning,
  'rest:listNoticeDelays': { who: ['supervisor', 'auditor', 'administrator'] },
  'rest:askNoticeDelay': supervising,
  'rest:approveNoticeDelay': supervising,
  'rest:endNoticeDelay': supervising,
} as const;

/** Keeps scenes and their hours. */
const keeping: PolicyRow = { who: ['supervisor'], unlocked: true, right: 'arrange' };
const takingControl: PolicyRow = { who: atTheWall, unlocked: true };

const pages = {
  'http:healthz': anyone,
  'http:readyz': anyone,
  'http:metrics': { who: ['local', 'administrator'] },
  'http:openapi': anyone,
  'http:page': anyone,
  'http:portal': anyone,
  'http:owner-live': owning,
  'http:screen-page': anyone,
  'http:no-page': anyone,
  'http:files': anyone,
  'http:log': anyone,
  // Who may open a socket is asked at its handshake; a media node shows its own token.
  'http:socket': { who: windows },
  'http:media-link': { who: [] },
} as const;

const sockets = {
  'event:wall:join': { who: windows, right: 'see', camera: 'each' },
  'event:wall:resync': { who: windows, right: 'see', camera: 'each' },
  'event:wall:command': commanding,
  'event:screen:report': { who: windows },
  'event:wall:recent': { who: everyRole, right: 'see', camera: 'each' },
  'event:screen:order': { who: atTheWall, unlocked: true },
  'event:screen:done': { who: windows },
  // The service asks for the right on each camera that is in it.
  'event:screen:screenshot': { who: atTheWall, unlocked: true, right: 'live' },
  'event:ptz:presets': moving,
  'event:ptz:move': moving,
  'event:ptz:preset': moving,
  'event:ptz:home': moving,
  // Whoever moves may always stop; the service knows who that is.
  'event:ptz:stop': { who: everyRole },
  'event:ptz:release': { who: everyRole },
  'command:tile:assign': putting,
  'command:tile:clear': arranging,
  'command:tile:swap': arranging,
  'command:screen:clear': arranging,
  'command:screen:layout': arranging,
  'command:screen:create': building,
  'command:screen:rename': building,
  'command:screen:remove': building,
  'command:wall:rename': building,
  'command:tile:tour': { ...arranging, camera: 'several' },
  'command:tile:tour-pause': arranging,
  'command:tile:back': arranging,
  'command:tile:forward': arranging,
  'command:screen:fill': { ...arranging, camera: 'several' },
  'command:screen:tour': arranging,
  'command:screen:tour-pause': arranging,
  'command:screen:tour-end': arranging,
  'command:screen:blank': takingControl,
  'command:screen:place': building,
  'command:scene:save': keeping,
  'command:scene:rename': keeping,
  'command:scene:remove': keeping,
  'command:scene:apply': arranging,
  'command:scene:revert': arranging,
  'command:step:undo': arranging,
  'command:step:redo': arranging,
  'command:control:take': takingControl,
  'command:control:give': takingControl,
  'command:hot-spot:set': arranging,
  'command:hot-spot:show': putting,
  'command:tours:hold': arranging,
  'command:visitors:hide': { who: [...atTheWall, 'administrator'], unlocked: true },
  'command:visitors:show': { who: ['supervisor'], unlocked: true },
  'command:schedule:set': keeping,
  'command:schedule:remove': keeping,
  'push:wall:committed': pushed,
  'push:camera:changed': pushed,
  'push:camera:removed': pushed,
  'push:health:changed': pushed,
  'push:screen:status': pushed,
  'push:camera:viewers': pushed,
  'push:ptz:holder': pushed,
  'push:ptz:taken': pushed,
  'push:grant:changed': pushed,
  'push:incident:changed': { who: everyRole },
  'push:media:address': { who: windows },
  'push:screen:order': { who: windows },
  'push:screen:order-status': { who: everyRole },
  'push:cameras:restricted': pushed,
} as const;

/** Of the rows on one way to a camera's pictures each has to let somebody in. */
const media = {
  'media:upgrade': connected,
  'media:healthz': anyone,
  'media:preflight': anyone,
  'media:multivariant': watching,
  'media:playlist': watching,
  'media:resource': watching,
  'media:poster': watching,
  'frame:request:subscribe': watching,
  'frame:request:replay': replaying,
  'frame:request:listen': listening,
  'frame:request:unsubscribe': connected,
  'frame:request:time': connected,
  'frame:notice:time': connected,
  'frame:notice:state': watching,
  'frame:notice:skipped': watching,
  'frame:notice:replayed': replaying,
  'frame:notice:refused': connected,
  'frame:binary:init': watching,
  'frame:binary:chunk': watching,
} as const;

/** Every door there is. A door without a row does not compile, or fails the test that lists the doors of the running server. */
export const policy: Readonly<Record<DoorId, PolicyRow>> = {
  ...session,
  ...me,
  ...people,
  ...access,
  ...consent,
  ...wall,
  ...owners,
  ...pages,
  ...sockets,
  ...media,
};

/** A refusal as it is written down. */
export interface Refusal {
  actor: string;
  asked: string;
  subject: string;
  code: string;
  address?: string;
}

const allowed: Answer<void> = { ok: true, value: undefined };
const refused = (code: 'unauthenticated' | 'forbidden' | 'locked', detail: string): Answer<never> => ({
  ok: false,
  problem: problem(code, detail),
});

/** May this actor use this door at all? Pure; `local` says that a program on this machine itself asks. */
export function admits({ who, unlocked }: PolicyRow, actor: Actor, local = false): Answer<void> {
  if (who.includes('anyone') || (local && who.includes('local'))) return allowed;
  switch (actor.kind) {
    case 'anonymous':
      return refused('unauthenticated', 'Sign in first.');
    case 'screen':
      return who.includes('screen') ? allowed : refused('forbidden', 'A screen only shows.');
    case 'owner':
      return who.includes('owner') ? allowed : refused('forbidden', 'This is not for owners of cameras.');
    case 'feed':
      return who.includes('feed')
        ? allowed
        : refused('forbidden', 'A feed opens incidents, closes its own and does nothing else.');
    case 'person': {
      if (!who.includes('person') && !actor.roles.some((role) => who.includes(role)))
        return refused(
          'forbidden',
          'Your role does not do this. An administrator can give you one that does.',
        );
      if (unlocked && actor.locked)
        return refused('locked', 'This session is locked. Unlock it with your PIN, password or passkey.');
      return allowed;
    }
  }
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import express from 'express';
import {
  ClientCommand,
  clientEvents,
  nodeQuestions,
  ownerPath,
  PushNotice,
  PushRequest,
  routes,
  serverEvents,
  type RestRoute,
  type RouteName,
} from '@clerestory/protocol';
import { startOwnerApp, type OwnerApp } from '../../testing/owners.ts';
import { Browser } from '../../testing/browser.ts';
import { openWindow, type TestSocket } from '../../testing/server.ts';
import { assertPolicy } from './doors.ts';
import { policy, type PolicyRow } from './policy.ts';
import { assured } from '../../../../../tools/harness/assured.ts';

/**
 * The oracle, written apart from the policy table. Who may: `n` nobody signed in, `w` a paired screen, `o` operator,
 * `s` supervisor, `i` investigator, `u` auditor, `a` administrator, `e` an owner of cameras; `L` also while the session is
 * locked. At the doors for owners everybody else is nobody, whatever they carry, and an owner is nobody at all others.
 */
const oracle: Record<RouteName, string> = {
  ...{
    whoAmI: 'nwosiuaL',
    signIn: 'nwosiuaL',
    secondStep: 'nwosiuaL',
    signOut: 'nwosiuaL',
    switchPerson: 'nwosiuaL',
  },
  ...{ passkeySignInOptions: 'nwosiuaL', passkeySignIn: 'nwosiuaL', providerSignIn: 'nwosiuaL' },
  ...{ providerReturn: 'nwosiuaL', setUp: 'nwosiuaL', redeemLink: 'nwosiuaL' },
  ...{ lockSession: 'osiuaL', unlockSession: 'osiuaL', touchSession: 'osiuaL' },
  ...{
    listMySessions: 'osiuaL',
    endMySession: 'osiuaL',
    endMySessions: 'osiuaL',
    getMyAuthenticators: 'osiuaL',
  },
  ...{ changeMyPassword: 'osiua', beginTotp: 'osiua', confirmTotp: 'osiua', removeTotp: 'osiua' },
  ...{ renewRecoveryCodes: 'osiua', beginPasskey: 'osiua', addPasskey: 'osiua', removePasskey: 'osiua' },
  ...{
    setMyPin: 'osiua',
    removeMyPin: 'osiua',
    linkProvider: 'osiua',
    unlinkProvider: 'osiua',
    getMyRights: 'osiuaL',
    openWorkstation: 'osi',
    getMyConsole: 'osiuaL',
    setMyConsole: 'osiua',
    listMyCameraGroups: 'osiuaL',
    noteCommands: 'osiua',
    noteSnapshot: 'si',
    markMoment: 'osi',
    listMarks: 'osiuaL',
    getFleet: 'osiuaL',
  },
  ...{
    listPeople: 'uaL',
    getPerson: 'uaL',
    listSessionsOf: 'uaL',
    listSessions: 'uaL',
    endSession: 'a',
    getPeoplePolicy: 'uaL',
    listProviders: 'uaL',
  },
  ...{ createPerson: 'a', updatePerson: 'a', makeLink: 'a', endSessionsOf: 'a', resetAuthenticators: 'a' },
  ...{ getAuthenticatorsOf: 'uaL', unlinkProviderOf: 'a' },
  ...{
    importPeople: 'a',
    setPeoplePolicy: 'a',
    createProvider: 'a',
    updateProvider: 'a',
    deleteProvider: 'a',
  },
  ...{ listCameraGroups: 'uaL', createCameraGroup: 'a', updateCameraGroup: 'a', deleteCameraGroup: 'a' },
  ...{ listRights: 'uaL', addRight: 'a', removeRight: 'a' },
  ...{ beginPairing: 'nwosiuaL', getPairing: 'nwosiuaL', approvePairing: 'sa' },
  ...{ listScreenDevices: 'suaL', revokeScreenDevice: 'sa' },
  ...{ makePlayerLink: 'si', renewPlayerLink: 'si', endPlayerLink: 'osiL', listViewers: 'osiuaL' },
  ...{ readRecord: 'uL', getRecordHead: 'uL', verifyRecord: 'uL', getLogStatus: 'uaL' },
  ...{ searchRecord: 'uL', getAuditList: 'uL', whoCouldSee: 'uL', exportRecord: 'uL' },
  ...{ listSamples: 'uL', drawSample: 'u', getSample: 'uL', exportSample: 'uL', addFinding: 'u' },
  ...{ listIncidents: 'osiuaL', openIncident: 'osi', closeIncident: 'osi' },
  ...{ getConsents: 'osiuaL', proposeConsent: 'a', getSitePolicy: 'osiuaL', setSitePolicy: 'a' },
  ...{ switchPrivate: 'sa', listWays: 'osiL', askForGrants: 'osi', listGrants: 'osiuaL' },
  ...{ answerGrants: 'osi', endGrant: 'osi' },
  ...{ listCameras: 'osiuaL', getCamera: 'osiuaL', listTransitions: 'osiuaL', listHealth: 'osiuaL' },
  ...{ discoverDevices: 'a', probeDevice: 'a', createOnvifCamera: 'a', tryCamera: 'a' },
  ...{ createImport: 'a', getImport: 'a', startImport: 'a', cancelImport: 'a' },
  ...{
    createCamera: 'a',
    updateCamera: 'a',
    setMasks: 'sa',
    setSound: 'a',
    deleteCamera: 'a',
    listLayouts: 'osiuaL',
  },
  ...{
    listWalls: 'osiuaL',
    getWall: 'osiuaL',
    listCommits: 'osiuaL',
    listScreens: 'osiuaL',
    getScreen: 'osiuaL',
    getTile: 'osiuaL',
  },
  ...{ createWall: 'sa', renameWall: 'sa', createScreen: 'sa', renameScreen: 'sa', deleteScreen: 'sa' },
  ...{ ownerWhoAmI: 'ne', ownerAskLink: 'ne', ownerLookLink: 'ne', ownerSignIn: 'ne', ownerSignOut: 'ne' },
  ...{ ownerPasskeySignInOptions: 'ne', ownerPasskeySignIn: 'ne' },
  ...{ ownerUpdateMe: 'e', ownerBeginPasskey: 'e', ownerAddPasskey: 'e', ownerRemovePasskey: 'e' },
  ...{ ownerListCameras: 'e', ownerRegisterCamera: 'e', ownerChangeConsent: 'e', ownerListAccesses: 'e' },
  ...{ ownerGetProof: 'e', ownerListConsents: 'e', ownerAnswerAccess: 'e', ownerEndAccess: 'e' },
  ...{ ownerNoticeRoads: 'e', ownerSetWebhook: 'e', ownerRemoveWebhook: 'e', ownerAddPush: 'e' },
  ...{ ownerRemovePush: 'e', listDeadLetters: 'uaL', retryDeadLetter: 'a', listNoticeDelays: 'suaL' },
  ...{ askNoticeDelay: 's', approveNoticeDelay: 's', endNoticeDelay: 's' },
  ...{ listOwners: 'aL', createOwner: 'a', getOwner: 'aL', updateOwner: 'a', renewOwnerKeys: 'a' },
  ...{ listFootage: 'siuL', getFootage: 'siuL', askForFootage: 'i', moderateFootage: 's' },
  ...{ closeFootage: 'si', listFootageAnswers: 'si', listPublishedFootage: 'nwosiuaL' },
  ...{ ownerListFootage: 'e', ownerAnswerFootage: 'e', ownerWithdrawFootage: 'e', ownerHideFootage: 'e' },
  ...{ setLayout: 'osi', clearScreen: 'osi', assignTile: 'osi', clearTile: 'osi', swapTiles: 'osi' },
  commandWall: 'osia',
};
const commandOracle: Record<ClientCommand['type'], string> = {
  ...{
    'tile:assign': 'osi',
    'tile:clear': 'osi',
    'tile:swap': 'osi',
    'screen:clear': 'osi',
    'screen:layout': 'osi',
  },
  ...{ 'screen:create': 'sa', 'screen:rename': 'sa', 'screen:remove': 'sa', 'wall:rename': 'sa' },
  ...{ 'tile:tour': 'osi', 'tile:tour-pause': 'osi', 'tile:back': 'osi', 'tile:forward': 'osi' },
  ...{ 'screen:fill': 'osi', 'screen:tour': 'osi', 'screen:tour-pause': 'osi', 'screen:tour-end': 'osi' },
  ...{ 'screen:blank': 'osi', 'screen:place': 'sa' },
  ...{ 'scene:save': 's', 'scene:rename': 's', 'scene:remove': 's' },
  ...{ 'scene:apply': 'osi', 'scene:revert': 'osi', 'step:undo': 'osi', 'step:redo': 'osi' },
  ...{ 'control:take': 'osi', 'control:give': 'osi', 'hot-spot:set': 'osi', 'hot-spot:show': 'osi' },
  ...{
    'tours:hold': 'osi',
    'visitors:hide': 'osia',
    'visitors:show': 's',
    'schedule:set': 's',
    'schedule:remove': 's',
  },
};

const letters = {
  operator: 'o',
  supervisor: 's',
  investigator: 'i',
  auditor: 'u',
  administrator: 'a',
} as const;
type RoleName = keyof typeof letters;
const roleNames = Object.keys(letters) as RoleName[];

let site: OwnerApp;
/** A fresh browser for each cell that could change who asks. */
const logins = new Map<RoleName, string>();
const browsers = new Map<string, Browser>();

const actors = [
  ['nobody', 'n'],
  ['an ended session', 'n'],
  ['a revoked screen', 'n'],
  ['a screen', 'w'],
  ['an owner', 'e'],
  ...roleNames.flatMap((role) => [
    [role, letters[role]],
    [`${role}, locked`, `${letters[role]}L`],
  ]),
] as [string, string][];

/** Who somebody is at this door. */
const letterAt = (path: string, letter: string): string =>
  path.startsWith(ownerPath) === (letter === 'e') ? letter : 'n';
const mayBy = (row: string, actor: string): boolean => [...actor].every((letter) => row.includes(letter));
const refusedCodes = new Set(['unauthenticated', 'forbidden', 'locked']);

async function signedIn(role: RoleName, locked: boolean, login = logins.get(role) ?? ''): Promise<Browser> {
  const browser = new Browser(site.app.url);
  expect((await browser.signIn(login)).status).toBe(200);
  if (locked) await browser.call('POST', '/session/lock');
  return browser;
}
async function browserOf(actor: string, fresh: boolean, name?: RouteName): Promise<Browser> {
  const known = browsers.get(actor);
  if (known && !fresh) return known;
  if (actor === 'an owner')
    return name === 'ownerSignOut' ? site.ownerAs('oskar@example.org') : (known ?? new Browser(site.app.url));
  const [role = '', locked] = actor.split(', ');
  if (!(role in letters)) return known ?? new Browser(site.app.url);
  // Somebody else of that role: one of these ends every session of its person.
  return signedIn(role as RoleName, locked !== undefined, `another-${role}`);
}

beforeAll(async () => {
  site = await startOwnerApp();
  await site.administrator.call('POST', '/cameras', {
    ...{ id: 'gate', name: 'Gate' },
    source: { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' },
  });
  for (const role of roleNames) {
    const login = `${role}-of-matrix`;
    await site.personAs(role, login);
    await site.personAs(role, `another-${role}`);
    logins.set(role, login);
    browsers.set(role, await signedIn(role, false));
    browsers.set(`${role}, locked`, await signedIn(role, true));
  }
  const ended = await signedIn('supervisor', false);
  const cookies = new Map(ended.cookies);
  await ended.call('DELETE', '/session');
  for (const [name, value] of cookies) ended.cookies.set(name, value);
  browsers.set('an ended session', ended);
  browsers.set('an owner', await site.ownerAs('olga@example.org'));
  browsers.set('a screen', await site.pair('left'));
  const revoked = await site.pair('right');
  await site.administrator.call('DELETE', `/screen-devices/${revoked.device}`);
  browsers.set('a revoked screen', revoked);
});
afterAll(() => site.stop());

/** They end or change the session that asks, so each gets one of its own. */
const changesAsker = new Set<RouteName>([
  'signOut',
  'lockSession',
  'endMySessions',
  'touchSession',
  'renewRecoveryCodes',
  'ownerSignOut',
]);
/** On what is not there, since otherwise it would be gone. */
const destroys = new Set<RouteName>(['deleteCamera', 'deleteScreen']);

/** Where the right is asked for only once the whole request is read. */
const validBodies: Partial<Record<RouteName, object>> = {
  assignTile: { camera: 'gate' },
  noteSnapshot: {
    ...{ at: 0, seen: 'live', stream: 'main', width: 1, height: 1, bytes: 1 },
    sha256: '0'.repeat(64),
  },
};

/** Who of the actors may use a route, as the running server says and as the oracle says. */
async function cellsOf(
  name: RouteName,
  who = actors,
): Promise<[found: Record<string, boolean>, expected: typeof found]> {
  const { method, path, body } = routes[name] as RestRoute;
  const address = path
    .replace('{camera}', destroys.has(name) ? 'nowhere' : 'gate')
    .replace('{wall}', 'control-room')
    .replace('{screen}', destroys.has(name) ? 'nowhere' : 'left')
    .replace('{tile}', '0')
    .replaceAll(/\{\w+\}/g, 'nowhere');
  // Not valid, so that whoever may use the route changes nothing by it: refusals come before the body is looked at.
  const sent = body ? (validBodies[name] ?? { nothing: 'here' }) : undefined;
  const [found, expected]: Record<string, boolean>[] = [{}, {}];
  for (const [actor, letter] of who) {
    const browser = await browserOf(actor, changesAsker.has(name), name);
    const answer = await browser.call(method.toUpperCase(), address, sent);
    expect(answer.status, `${actor}: ${JSON.stringify(answer.body)}`).toBeLessThan(500);
    cells += 1;
    Object.assign(found as object, { [actor]: !refusedCodes.has(answer.body?.code) });
    Object.assign(expected as object, { [actor]: mayBy(oracle[name], letterAt(path, letter)) });
  }
  return [found ?? {}, expected ?? {}];
}
let cells = 0;

describe('A1: every route × every actor, against the oracle', () => {
  test.each(Object.keys(routes) as RouteName[])('%s', async (name) => {
    const [found, expected] = await cellsOf(name);
    expect(found).toEqual(expected);
  });

  test('each cell was asked', () => expect(cells).toBe(Object.keys(routes).length * actors.length));

  /** Without its row a route of these features is open: they leave it all to the table. */
  const bare = (Object.keys(routes) as RouteName[]).filter(
    (name) =>
      !oracle[name].includes('n') &&
      ['cameras', 'health', 'walls', 'screens', 'tiles', 'layouts', 'record'].includes(routes[name].tag),
  );
  test.each(bare)('A7: %s with its row taken out is found', async (name) => {
    const rows = policy as Record<string, PolicyRow>;
    const row = rows[`rest:${name}`];
    rows[`rest:${name}`] = { who: ['anyone'] };
    try {
      const [found, expected] = await cellsOf(name, [['nobody', 'n']]);
      expect(found).not.toEqual(expected);
    } finally {
      if (row) rows[`rest:${name}`] = row;
    }
  });
});

test('A1 is noted', () => {
  const doors = Object.keys(routes).length + Object.keys(commandOracle).length;
  assured({
    ...{ row: 'A1', trials: doors * actors.length, whole: true },
    claim:
      'every REST route and every command × every kind of actor is as the oracle says, which is written apart from the code',
    control: 'a row of the policy table that lets others in is found',
  });
});

describe('A1: every socket event and command × every actor', () => {
  const expectedBy = (letter: string) =>
    Object.fromEntries(Object.entries(commandOracle).map(([type, row]) => [type, mayBy(row, letter)]));
  const commands: Record<ClientCommand['type'], ClientCommand> = {
    'tile:assign': { type: 'tile:assign', screen: 'left', tile: 0, camera: 'gate' },
    'tile:clear': { type: 'tile:clear', screen: 'left', tile: 0 },
    'tile:swap': { type: 'tile:swap', a: { screen: 'left', tile: 0 }, b: { screen: 'left', tile: 1 } },
    'screen:clear': { type: 'screen:clear', screen: 'left' },
    'screen:layout': { type: 'screen:layout', screen: 'left', layout: '4' },
    'screen:create': { type: 'screen:create', screen: 'left', name: 'Left', layout: '4' },
    'screen:rename': { type: 'screen:rename', screen: 'nowhere', name: 'Left' },
    'screen:remove': { type: 'screen:remove', screen: 'nowhere' },
    'wall:rename': { type: 'wall:rename', name: 'Control room' },
    'tile:tour': { type: 'tile:tour', screen: 'left', tile: 0, cameras: ['gate', 'gate'], dwellS: 5 },
    'tile:tour-pause': { type: 'tile:tour-pause', screen: 'left', tile: 0, paused: true },
    'tile:back': { type: 'tile:back', screen: 'left', tile: 0 },
    'tile:forward': { type: 'tile:forward', screen: 'left', tile: 0 },
    'screen:fill': { type: 'screen:fill', screen: 'left', cameras: ['gate'], mode: 'free' },
    'screen:tour': { type: 'screen:tour', screen: 'left', scenes: ['day', 'night'], dwellS: 5 },
    'screen:tour-pause': { type: 'screen:tour-pause', screen: 'left', paused: true },
    'screen:tour-end': { type: 'screen:tour-end', screen: 'left' },
    'screen:blank': { type: 'screen:blank', screens: ['left'], blank: false },
    'screen:place': { type: 'screen:place', places: [{ screen: 'left', place: null }] },
    'scene:save': { type: 'scene:save', scene: 'day', name: 'Day', key: null, screens: ['nowhere'] },
    'scene:rename': { type: 'scene:rename', scene: 'day', name: 'Day', key: null },
    'scene:remove': { type: 'scene:remove', scene: 'day' },
    'scene:apply': { type: 'scene:apply', scene: 'day' },
    'scene:revert': { type: 'scene:revert', applied: 1, since: 'refuse' },
    'step:undo': { type: 'step:undo' },
    'step:redo': { type: 'step:redo' },
    'control:take': { type: 'control:take' },
    'control:give': { type: 'control:give' },
    'hot-spot:set': { type: 'hot-spot:set', at: null },
    'hot-spot:show': { type: 'hot-spot:show', camera: 'gate' },
    'tours:hold': { type: 'tours:hold', why: null },
    'visitors:hide': { type: 'visitors:hide' },
    'visitors:show': { type: 'visitors:show' },
    'schedule:set': {
      ...{ type: 'schedule:set', schedule: 'early', scene: 'day', days: [1], time: '07:00' },
      ...{ zone: 'Europe/London', revertAfterMin: null },
    },
    'schedule:remove': { type: 'schedule:remove', schedule: 'early' },
  };
  test.each(actors)('%s', async (actor, letter) => {
    const headers = { cookie: (await browserOf(actor, false)).cookieHeader() };
    const hello =
      letter === 'w' ? ({ surface: 'screen', screen: 'left' } as const) : ({ surface: 'console' } as const);
    const opening = openWindow(site.app.url, hello, headers);
    if (letter === 'n' || letter === 'e') return expect(opening).rejects.toThrow('Sign in first.');
    const socket: TestSocket = await opening;
    try {
      expect(await socket.emitWithAck('wall:join', {})).toMatchObject({ ok: true });
      expect(await socket.emitWithAck('wall:resync', { wall: 'control-room', since: 0 })).toMatchObject({
        ok: true,
      });
      const found: Record<string, boolean> = {};
      for (const [n, type] of (Object.keys(commands) as ClientCommand['type'][]).entries()) {
        const envelope = {
          wall: 'control-room',
          key: `matrix-${n}-${actor}`.replaceAll(/[^a-z0-9-]/g, ''),
          base: 0,
        };
        const answer = await socket.emitWithAck('wall:command', { ...envelope, command: commands[type] });
        found[type] = answer.ok || !refusedCodes.has(answer.problem.code);
      }
      expect(found).toEqual(expectedBy(letter));
    } finally {
      socket.close();
    }
  });
  test.each(actors)('the same over REST: %s', async (actor, letter) => {
    const browser = await browserOf(actor, false);
    const found: Record<string, boolean> = {};
    for (const [type, command] of Object.entries(commands)) {
      const answer = await browser.call('POST', '/walls/control-room/commands', command);
      expect(answer.status, `${type}: ${JSON.stringify(answer.body)}`).toBeLessThan(500);
      found[type] = !refusedCodes.has(answer.body?.code);
    }
    expect(found).toEqual(expectedBy(letter));
  });
});

describe('the policy table has a row for every door', () => {
  test('sockets, push frames and questions, as the schemas list them', () => {
    const doors = [
      ...Object.keys(routes).map((name) => `rest:${name}`),
      ...Object.keys(clientEvents).map((name) => `event:${name}`),
      ...Object.keys(serverEvents).map((name) => `push:${name}`),
      ...ClientCommand.options.map((option) => `command:${option.shape.type.value}`),
      ...PushRequest.options.map((option) => `frame:request:${option.shape.type.value}`),
      ...PushNotice.options.map((option) => `frame:notice:${option.shape.type.value}`),
      ...['init', 'chunk'].map((kind) => `frame:binary:${kind}`),
    ];
    expect(doors.filter((door) => !(door in policy))).toEqual([]);
    expect(nodeQuestions['node:ask'].payload.shape.door.options.toSorted()).toEqual([
      'listen',
      'llhls',
      'poster',
      'push',
      'replay',
    ]);
  });
  test('a server with a door that has none does not start', () => {
    const app = express();
    app.get('/healthz', (_request, response) => void response.end());
    expect(() => assertPolicy(app)).not.toThrow();
    app.get('/debug', (_request, response) => void response.end());
    expect(() => assertPolicy(app)).toThrow('GET /debug');
  });
});

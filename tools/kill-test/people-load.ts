import type { AccessRule, CameraGroup, Person, ScreenDevice } from '@clerestory/protocol';
import { Browser, goodPassword, type BrowserAnswer } from '../../apps/server/src/testing/browser.ts';
import { Refused, steadyCameras, taken, type Change, type Writer } from './load.ts';
import type { Journal } from './journal.ts';
import { wordOfGroup, wordOfPerson, wordOfRule, wordOfScreen, wordOfSession } from './words.ts';

/** Turns what a writer would do next into changes with keys of their own; none of them is known to the server as repeated. */
function changes(name: string, step: (key: string) => () => Promise<void>): Pick<Writer, 'next'> {
  let count = 0;
  return {
    next(): Change {
      count += 1;
      const key = `${name}-change-${count}`;
      const send = step(key);
      return { key, send: () => send().then(() => false) };
    },
  };
}

/** Somebody at a time: an account, a password by one-time link, a sign-in, other roles and names, and disabled at last. */
export function peopleWriter(
  name: string,
  by: () => Browser,
  journal: Journal,
  random: () => number,
): Writer {
  let mine: Person | null = null;
  let browser: Browser | null = null;
  let session: string | null = null;
  let gone: Browser | null = null;
  const keep = ({ body }: BrowserAnswer) => {
    mine = body as Person;
    journal.words.set(...wordOfPerson(mine));
  };
  const create = (key: string) => async () => {
    const body = { login: key, name: key, roles: ['operator'], groups: [] };
    keep(taken(key, await by().call('POST', '/people', body, { 'idempotency-key': key }), [201]));
  };
  const password = (key: string, person: Person) => async () => {
    // A link may have been used up by an answer that was lost; then it is another one that is used.
    const link = taken(key, await by().call('POST', `/people/${person.id}/link`), [200, 201]);
    const token = new URL(link.body.url).hash.split('=')[1];
    const set = { token, password: goodPassword };
    taken(key, await new Browser(by().url).call('POST', '/one-time-link', set), [200]);
    mine = { ...person, hasPassword: true };
    journal.words.set(...wordOfPerson(mine));
  };
  const enter = (key: string, person: Person) => async () => {
    const entering = new Browser(by().url);
    const { body } = taken(key, await entering.signIn(person.login), [200]);
    if (body.state !== 'signed-in') throw new Refused(`${key}: ${JSON.stringify(body)}`);
    browser = entering;
    session = body.me.session.id as string;
    journal.words.set(...wordOfSession({ ...body.me.session, person }));
  };
  const change = (key: string, person: Person, patch: object) => async () => {
    const address = `/people/${person.id}`;
    keep(taken(key, await by().call('PATCH', address, patch, { 'idempotency-key': key }), [200]));
  };
  const disable = (key: string, person: Person) => async () => {
    await change(key, person, { disabled: true })();
    if (session !== null) journal.words.set(`session:${session}`, null);
    [gone, browser, session, mine] = [browser, null, null, null];
  };
  return {
    ...changes(name, (key) => {
      const person = mine;
      if (person === null) return create(key);
      const chance = random();
      if (chance < 0.2) return disable(key, person);
      if (!person.hasPassword) return password(key, person);
      if (browser === null) return enter(key, person);
      return chance < 0.6
        ? change(key, person, { name: key })
        : change(key, person, {
            roles: chance < 0.8 ? ['operator', 'supervisor'] : ['operator'],
            groups: [key],
          });
    }),
    async check() {
      if (gone === null) return [];
      const { body } = await gone.call('GET', '/session');
      return body.me === null ? [] : [`${String(body.me.login)} was disabled and is signed in`];
    },
  };
}

/** A camera group at a time, with a rule that names it, and other cameras in it; rule and group are taken away at last. */
export function rightsWriter(
  name: string,
  by: () => Browser,
  journal: Journal,
  random: () => number,
): Writer {
  let group: CameraGroup | null = null;
  let rule: AccessRule | null = null;
  const keepGroup = ({ body }: BrowserAnswer) => {
    group = body as CameraGroup;
    journal.words.set(...wordOfGroup(group));
  };
  const someCameras = () => steadyCameras.filter(() => random() < 0.5);
  const createGroup = (key: string, cameras: string[]) => async () => {
    const body = { id: key, name: key, cameras };
    keepGroup(taken(key, await by().call('POST', '/camera-groups', body, { 'idempotency-key': key }), [201]));
  };
  const changeGroup = (key: string, id: string, patch: object) => async () =>
    keepGroup(taken(key, await by().call('PATCH', `/camera-groups/${id}`, patch), [200]));
  const addRule = (key: string, id: string, effect: 'allow' | 'deny') => async () => {
    // For people of a group that nobody is in, so that those of this test keep their rights.
    const body = { effect, party: { kind: 'people', id: key }, rights: ['see', 'export'], group: id };
    const answer = await by().call('POST', '/rights', body, { 'idempotency-key': key });
    rule = taken(key, answer, [201]).body as AccessRule;
    journal.words.set(...wordOfRule(rule));
  };
  const removeRule = (key: string, id: string) => async () => {
    taken(key, await by().call('DELETE', `/rights/${id}`), [204, 404]);
    journal.words.set(`rule:${id}`, null);
    rule = null;
  };
  const removeGroup = (key: string, id: string) => async () => {
    taken(key, await by().call('DELETE', `/camera-groups/${id}`), [204, 404]);
    journal.words.set(`camera-group:${id}`, null);
    group = null;
  };
  return changes(name, (key) => {
    if (group === null) return createGroup(key, someCameras());
    const chance = random();
    if (chance < 0.5)
      return changeGroup(key, group.id, { name: key, cameras: someCameras(), restricted: chance < 0.25 });
    if (rule === null)
      return chance < 0.8
        ? addRule(key, group.id, chance < 0.65 ? 'allow' : 'deny')
        : removeGroup(key, group.id);
    return removeRule(key, rule.id);
  });
}

/** Pairs a screen and takes it away again. What the new screen was given has to open to it after the kill. */
export function screenWriter(name: string, by: () => Browser, journal: Journal): Writer {
  let device: { id: string; browser: Browser; hasToken: boolean } | null = null;
  let revoked: Browser | null = null;
  const pair = (key: string) => async () => {
    const browser = new Browser(by().url);
    const { body: shown } = taken(key, await browser.call('POST', '/pairing'), [200, 201]);
    const approval = { code: shown.code, screen: 'left', name: key };
    const paired = taken(key, await by().call('POST', '/screen-devices', approval), [200, 201]);
    const made = paired.body as ScreenDevice;
    journal.words.set(...wordOfScreen(made));
    const mine = { id: made.id, browser, hasToken: false };
    device = mine;
    // The token is handed over once; killed before that, the screen has none and shows another code.
    const { body } = await browser.call('GET', '/pairing').catch(() => ({ body: null }));
    mine.hasToken = body?.state === 'paired' && browser.cookies.size > 0;
  };
  const revoke = (key: string, one: NonNullable<typeof device>) => async () => {
    taken(key, await by().call('DELETE', `/screen-devices/${one.id}`), [204, 404]);
    journal.words.set(`screen:${one.id}`, null);
    if (one.hasToken) revoked = one.browser;
    device = null;
  };
  return {
    ...changes(name, (key) => (device === null ? pair(key) : revoke(key, device))),
    async check() {
      const faults: string[] = [];
      const own = device as { id: string; browser: Browser; hasToken: boolean } | null;
      if (own?.hasToken) {
        const { status, body } = await own.browser.call('GET', '/pairing');
        if (body.state !== 'paired')
          faults.push(`screen:${own.id} is answered ${status}, and not that it is paired`);
      }
      if (revoked !== null && (await revoked.call('GET', '/pairing')).status !== 404)
        faults.push('a screen that was taken away is let in');
      return faults;
    },
  };
}

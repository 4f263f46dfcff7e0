import { addPerson, Browser, goodPassword } from '../../apps/server/src/testing/browser.ts';
import type { Journal } from './journal.ts';
import { Refused, taken, type Change, type Writer } from './load.ts';
import { wordOfSession } from './words.ts';

interface Somebody {
  id: string;
  login: string;
  /** Acknowledged last at this desk. */
  pin: string | null;
  /** A full sign-in here still carries the quick switch. */
  carried: boolean;
}

/** Who is at the desk, by which session. */
interface AtDesk {
  who: Somebody;
  session: string;
  method: string;
  locked: boolean;
  /** Came in with a password, so that the PIN may be set. */
  confirmed: boolean;
}

/**
 * A workstation that two people share: they sign in, set their PINs, switch by PIN, lock, unlock, and sign out. After a
 * kill the PIN that was acknowledged last has to open, and what has ended stays shut.
 * @throws Error when the people cannot be added.
 */
export async function deskWriter(
  name: string,
  administrator: Browser,
  journal: Journal,
  random: () => number,
): Promise<Writer> {
  const people: Somebody[] = [];
  for (const login of [`${name}-dora`, `${name}-emil`])
    people.push({
      id: await addPerson(administrator, login, ['operator']),
      ...{ login, pin: null, carried: false },
    });
  const browser = new Browser(administrator.url);
  let now: AtDesk | null = null;
  /** The browser as it was when somebody's session ended. */
  let ended: string | null = null;
  let pinsSince: Somebody[] = [];
  let count = 0;

  const over = () => {
    if (now) journal.words.set(`session:${now.session}`, null);
    now = null;
  };
  const tell = (at: AtDesk, view: { id: string; method: string; locked: boolean }) => {
    now = { ...at, session: view.id, method: view.method, locked: view.locked };
    journal.words.set(...wordOfSession({ ...view, person: at.who }));
  };

  const signIn = (key: string, who: Somebody) => async () => {
    const before = browser.cookieHeader();
    const { body } = taken(key, await browser.signIn(who.login), [200]);
    if (body.state !== 'signed-in') throw new Refused(`${key}: ${JSON.stringify(body)}`);
    if (now) ended = before;
    over();
    who.carried = true;
    tell({ who, session: '', method: '', locked: false, confirmed: true }, body.me.session);
  };
  const quickSwitch = (key: string, who: Somebody) => async () => {
    const before = browser.cookieHeader();
    const given = { person: who.id, pin: who.pin };
    const { body } = taken(key, await browser.call('POST', '/session/switch', given), [200]);
    if (now) ended = before;
    over();
    tell({ who, session: '', method: '', locked: false, confirmed: false }, body.session);
  };
  const setPin = (key: string, at: AtDesk, pin: string) => async () => {
    taken(key, await browser.call('PUT', '/me/pin', { pin }), [204]);
    at.who.pin = pin;
    pinsSince.push(at.who);
  };
  const removePin = (key: string, at: AtDesk) => async () => {
    taken(key, await browser.call('DELETE', '/me/pin'), [204]);
    at.who.pin = null;
  };
  const lock = (key: string, at: AtDesk) => async () => {
    taken(key, await browser.call('POST', '/session/lock'), [204]);
    tell(at, { id: at.session, method: at.method, locked: true });
  };
  const unlock = (key: string, at: AtDesk, by: object, confirmed: boolean) => async () => {
    taken(key, await browser.call('POST', '/session/unlock', by), [200]);
    tell(
      { ...at, confirmed: at.confirmed || confirmed },
      { id: at.session, method: at.method, locked: false },
    );
  };
  const signOut = (key: string, at: AtDesk) => async () => {
    const before = browser.cookieHeader();
    taken(key, await browser.call('DELETE', '/session'), [204]);
    // From now on a full sign-in is needed here.
    at.who.carried = false;
    ended = before;
    over();
  };

  const newPin = () => {
    // No pattern, so that it is taken: digits three apart.
    const first = Math.floor(random() * 10);
    return Array.from({ length: 6 }, (_, n) => (first + n * 3 + (n === 5 ? count : 0)) % 10).join('');
  };
  const next = (key: string): (() => Promise<void>) => {
    const chance = random();
    const somebody = people[Math.floor(random() * people.length)];
    if (!somebody) throw new Error('nobody is there');
    const at = now;
    if (at === null) return signIn(key, somebody);
    if (at.locked)
      return at.who.pin !== null && at.who.carried && chance < 0.7
        ? unlock(key, at, { pin: at.who.pin }, false)
        : unlock(key, at, { password: goodPassword }, true);
    if (at.confirmed && chance < 0.3) return setPin(key, at, newPin());
    if (at.who.pin !== null && chance < 0.35) return removePin(key, at);
    if (chance < 0.5) return lock(key, at);
    if (chance < 0.6) return signOut(key, at);
    return somebody.pin !== null && somebody.carried ? quickSwitch(key, somebody) : signIn(key, somebody);
  };

  return {
    next(): Change {
      count += 1;
      const key = `${name}-change-${count}`;
      const send = next(key);
      return { key, send: () => send().then(() => false) };
    },
    async check() {
      const faults: string[] = [];
      if (ended !== null) {
        const { body } = await browser.call('GET', '/session', undefined, { cookie: ended });
        if (body.me !== null) faults.push('a session that was ended is let in');
      }
      if (now !== null) {
        const at = now as AtDesk;
        const { body } = await browser.call('GET', '/session');
        if (body.me?.session.id !== at.session || body.me.pinHere !== (at.who.pin !== null))
          faults.push(`session:${at.session} is not as it was at its desk: ${JSON.stringify(body.me)}`);
        else if (
          body.switchable.length !== people.filter(({ pin, carried }) => pin !== null && carried).length
        )
          faults.push(`${String(body.switchable.length)} people may switch at the desk`);
      }
      // A PIN is compared by what it opens.
      const who = pinsSince.findLast(({ pin, carried }) => pin !== null && carried);
      pinsSince = [];
      if (who) await quickSwitch(`${name}-after-${count}`, who)();
      return faults;
    },
  };
}

import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser } from '../../testing/browser.ts';
import { startMailbox } from '../../testing/mailbox.ts';
import { addPrivateCamera, openTerms, place } from '../../testing/private-camera.ts';
import { startOwnerApp, tokenIn, type OwnerApp } from '../../testing/owners.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { startTestApp, until } from '../../testing/server.ts';
import { openNoticeDesk } from '../../../../../tools/notice-desk/desk.ts';

let site: OwnerApp;
beforeAll(async () => {
  site = await startOwnerApp();
});
afterAll(() => site.stop());

const nobody = () => new Browser(site.app.url);
const ask = (email: string, browser = nobody()) => browser.call('POST', '/owner/sign-in-link', { email });

describe('the way in', () => {
  test('a letter brings a link that works once, and begins a session in a cookie that scripts cannot read', async () => {
    const browser = nobody();
    expect((await ask('rosa@example.org', browser)).status).toBe(204);
    const letter = await site.mailbox.take('rosa@example.org');
    expect(letter.headers.get('from')).toContain('wall@example.org');
    const token = tokenIn(letter.text);
    expect(letter.text).toContain(`${site.app.url}/portal/#link=${token}`);

    // Looking, as a program that reads mail does, uses nothing up.
    expect((await nobody().call('POST', '/owner/link', { token })).body).toEqual({
      kind: 'sign-up',
      email: 'rosa@example.org',
    });
    expect((await browser.call('POST', '/owner/session', { token })).body.code).toBe('unprocessable');
    const entered = await browser.call('POST', '/owner/session', { token, name: 'Rosa', language: 'es' });
    expect(entered.body).toMatchObject({ name: 'Rosa', email: 'rosa@example.org', language: 'es' });
    expect(browser.setCookies.at(-1)).toMatch(
      /^clerestory-owner=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict/,
    );
    expect((await browser.call('GET', '/owner/session')).body.me).toMatchObject({ name: 'Rosa' });

    const again = await nobody().call('POST', '/owner/session', { token, name: 'Mallory' });
    expect(again.body.code).toBe('gone');
  });

  test('of two who follow one link at once, one gets in', async () => {
    await ask('twice@example.org');
    const token = tokenIn((await site.mailbox.take('twice@example.org')).text);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => nobody().call('POST', '/owner/session', { token, name: 'Two' })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410, 410, 410]);
  });

  test('known and unknown addresses get the same answer, and each gets a letter', async () => {
    await site.ownerAs('known@example.org');
    const answers = [await ask('known@example.org'), await ask('unknown@example.org')];
    const seen = answers.map(({ status, body, headers }) => ({
      status,
      body,
      headers: [...headers.keys()].filter((name) => name !== 'date'),
    }));
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]?.status).toBe(204);
    const letters = [
      await site.mailbox.take('known@example.org'),
      await site.mailbox.take('unknown@example.org'),
    ];
    expect(letters.map(({ text }) => tokenIn(text).length)).toEqual([43, 43]);
  });

  test('asking too often is refused, alike for everybody', async () => {
    for (const email of ['known@example.org', 'nobody-at-all@example.org']) {
      const codes: number[] = [];
      for (let n = 0; n < 4; n++) codes.push((await ask(email)).status);
      expect(codes.at(-1), email).toBe(429);
    }
  });

  test('signing out ends the session everywhere that it is asked for', async () => {
    const [one, two] = [await site.ownerAs('out@example.org'), await site.ownerAs('out@example.org')];
    await one.call('DELETE', '/owner/session?everywhere=1');
    expect((await two.call('GET', '/owner/session')).body.me).toBeNull();
    expect((await two.call('PATCH', '/owner/me', { name: 'X' })).status).toBe(401);
  });

  test('a change from a page of another site is refused', async () => {
    const owner = await site.ownerAs('csrf@example.org');
    const answer = await owner.call('PATCH', '/owner/me', { name: 'X' }, { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
  });
});

test('an owner is nobody at the wall, and whoever administers is nobody at the pages for owners', async () => {
  const owner = await site.ownerAs('split@example.org');
  for (const address of ['/cameras', '/walls', '/people', '/owners', '/record'])
    expect((await owner.call('GET', address)).status, address).toBe(401);
  const both = nobody();
  for (const browser of [owner, site.administrator])
    for (const [name, value] of browser.cookies) both.cookies.set(name, value);
  expect((await both.call('GET', '/owner/session')).body.me).toMatchObject({ email: 'split@example.org' });
  expect((await both.call('GET', '/session')).body.me).toMatchObject({ login: 'ada' });
  expect((await site.administrator.call('PATCH', '/owner/me', { name: 'X' })).status).toBe(401);
});

describe('the registry of owners', () => {
  test('an administrator registers one; the address is taken once; another address ends what the old one opened', async () => {
    const input = { name: 'Luis', email: 'luis@example.org', phone: '+1 415 555 0100', language: 'es' };
    const made = await site.administrator.call('POST', '/owners', input, {
      'idempotency-key': 'luis-once-1',
    });
    expect(made.body).toMatchObject({ ...input, selfRegistered: false });
    const again = await site.administrator.call('POST', '/owners', input, {
      'idempotency-key': 'luis-once-1',
    });
    expect(again.body.id).toBe(made.body.id);
    expect((await site.administrator.call('POST', '/owners', input)).body.code).toBe('exists');

    const luis = await site.ownerAs('luis@example.org');
    await ask('luis@example.org');
    const old = tokenIn((await site.mailbox.take('luis@example.org')).text);
    const changed = await site.administrator.call('PATCH', `/owners/${made.body.id}`, {
      email: 'luis@new.example.org',
    });
    expect(changed.body).toMatchObject({ email: 'luis@new.example.org', revision: 2 });
    await until(async () => (await luis.call('GET', '/owner/session')).body.me === null);
    await until(async () => (await nobody().call('POST', '/owner/link', { token: old })).status === 410);
    expect((await site.ownerAs('luis@new.example.org')).owner).toBe(made.body.id);
  });

  test('an address that an administrator enters gives nothing until the one before has said that it is right', async () => {
    const [old, fresh] = ['eva@example.org', 'not-eva@example.org'];
    const eva = await site.ownerAs(old, 'Eva');
    const auditor = await site.personAs('auditor');
    await addPrivateCamera(
      site,
      'hall',
      { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/hall' },
      openTerms,
      eva.owner,
    );
    const change = (email: string) => site.administrator.call('PATCH', `/owners/${eva.owner}`, { email });
    const written = () => site.mailbox.take(old, ({ text }) => text.includes('another address for you'));
    const answer = (token: string, isRight: boolean) =>
      nobody().call('POST', '/owner/link/answer', { token, isRight });
    expect((await change(fresh)).status).toBe(200);
    const undo = tokenIn((await written()).text);
    await until(async () => (await eva.call('GET', '/owner/session')).body.me === null);

    // Whoever reads the new one looks and stops, and gives nothing.
    const other = await site.ownerAs(fresh);
    expect(other.owner).toBe(eva.owner);
    expect((await other.call('GET', '/owner/session')).body.me.heldUntil).toBeGreaterThan(Date.now());
    const say = (body: object) => other.call('POST', '/owner/cameras/hall/consent', body);
    const terms = { level: 'standing', purposes: ['crowd', 'fire', 'robbery'], retentionDays: 0 };
    const wider = { type: 'give', terms: { ...terms, hours: null, radiusM: null, expiresAt: null } };
    expect((await other.call('GET', '/owner/cameras/hall/accesses')).status).toBe(200);
    const refused = await say(wider);
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      expect.stringMatching(/entered this address/),
    ]);
    expect((await other.call('PATCH', '/owner/cameras/hall', { placeKind: 'street' })).status).toBe(403);
    expect((await say({ type: 'pause', until: null })).status).toBe(200);
    expect((await say({ type: 'resume' })).status).toBe(403);

    // Nobody takes the address of before meanwhile; asking for a way in brings the same letter again, and opens nothing.
    const taken = { name: 'Else', email: old };
    expect((await site.administrator.call('POST', '/owners', taken)).body.code).toBe('exists');
    await ask(old);
    const again = tokenIn((await written()).text);
    expect((await nobody().call('POST', '/owner/session', { token: again })).status).toBe(410);
    expect((await nobody().call('POST', '/owner/link', { token: undo })).body).toEqual({
      ...{ kind: 'address-changed', email: old },
    });
    expect((await answer(undo, false)).status).toBe(204);
    await until(async () => (await other.call('GET', '/owner/session')).body.me === null);
    expect((await answer(again, true)).status).toBe(410);
    const back = await site.ownerAs(old);
    expect([back.owner, (await back.call('GET', '/owner/session')).body.me.heldUntil]).toEqual([
      ...[eva.owner, null],
    ]);
    expect((await back.call('POST', '/owner/cameras/hall/consent', { type: 'resume' })).status).toBe(200);

    expect((await change('eva@new.example.org')).status).toBe(200);
    expect((await answer(tokenIn((await written()).text), true)).status).toBe(204);
    const moved = await site.ownerAs('eva@new.example.org');
    expect((await moved.call('POST', '/owner/cameras/hall/consent', wider)).status).toBe(200);
    const { body } = await auditor.call(
      'GET',
      `/record?kind=owner-changed&subject=owner:${eva.owner}&limit=9`,
    );
    expect(
      body.items.map(({ actor, detail }: { actor: string; detail: object }) => [actor.split(':')[0], detail]),
    ).toEqual([
      ['owner', { confirmed: true }],
      ['person', { fields: ['email'], held: true }],
      ['owner', { fields: ['email'], restored: true }],
      ['person', { fields: ['email'], held: true }],
    ]);
  });

  test('passkeys end with the address, in the transaction that changes it', async () => {
    const folder = temporaryFolder();
    const desk = await openNoticeDesk(folder.dir, 9);
    const asked = { by: 'person:ada', key: 'make-rosa-1' };
    const input = { name: 'Rosa', email: 'rosa@example.org', phone: null, language: 'en' } as const;
    const made = await desk.owners.registry.create(input, asked);
    const owner = made.ok ? made.value.id : '';
    const key = { id: 'p', credential: 'c', owner, name: 'phone', public_key: Buffer.alloc(1) };
    const added = { ...key, counter: 0, transports: '[]', created_at: 1, last_used_at: null };
    await desk.db.insertInto('owner_passkeys').values(added).execute();
    const keys = () => desk.db.selectFrom('owner_passkeys').selectAll().execute();
    await desk.owners.registry.update(owner, { phone: '+1 415 555 0101' }, null, 'person:ada');
    expect(await keys()).toHaveLength(1);
    await desk.owners.registry.update(owner, { email: 'rosa@new.example.org' }, null, 'person:ada');
    expect(await keys()).toEqual([]);
    await desk.close();
    folder.remove();
  });

  test('the record names the owner and never how to reach them, nor that they sign in', async () => {
    const auditor = await site.personAs('auditor');
    await site.ownerAs('private@example.org', 'Very Private');
    const { body } = await auditor.call('GET', '/record?limit=500');
    const text = JSON.stringify(body);
    expect(text).toContain('owner-registered');
    expect(text).not.toMatch(/example\.org|Very Private|415 555/);
    expect(
      body.items
        .filter(({ actor }: { actor: string }) => actor.startsWith('owner:'))
        .map(({ kind }: { kind: string }) => kind),
    ).toEqual(expect.arrayContaining(['owner-registered']));
    expect(text).not.toMatch(/owner-sign-in|owner-signed/);
  });
});

describe('cameras of owners in the registry', () => {
  const at = (name: string) => ({ kind: 'rtsp', main: `rtsp://127.0.0.1:9/${name}` });
  const make = (id: string, name: string, more: object) =>
    site.administrator.call('POST', '/cameras', { id, name: id, source: at(name), ...more });
  const patch = (id: string, body: object) => site.administrator.call('PATCH', `/cameras/${id}`, body);
  const fire = { kind: 'standing', purpose: 'fire' };
  const ask = async (who: Browser, camera: string) =>
    (await who.call('POST', '/grants', { cameras: [{ camera }], purpose: fire })).body.items[0].grants[0];
  const read = (who: Browser, camera: string, what: string) =>
    who.call('GET', `/owner/cameras/${camera}/${what}`);

  test('a removed camera leaves its history, its id and its address to its owner, who is told', async () => {
    const [anna, bob] = [await site.ownerAs('anna@example.org'), await site.ownerAs('bob@example.org')];
    const operator = await site.personAs('operator');
    const auditor = await site.personAs('auditor');
    await addPrivateCamera(site, 'porch', at('porch'), openTerms, anna.owner);
    const grant = await ask(operator, 'porch');
    expect((await site.administrator.call('DELETE', '/cameras/porch')).status).toBe(204);
    const letter = await site.mailbox.take(
      'anna@example.org',
      ({ text }) => text.includes('out of the register') || text.includes('stays on your page'),
    );
    expect(letter.text).toMatch(/Nobody can watch it here any more/);
    expect(letter.text).toContain('/portal/camera/porch');

    expect((await read(anna, 'porch', 'accesses')).body.items).toMatchObject([
      { grant: grant.id, end: { code: expect.any(String) } },
    ]);
    expect((await read(anna, 'porch', 'consents')).body.items).toMatchObject([
      { version: 1, level: 'standing' },
    ]);
    expect((await anna.call('GET', '/owner/past-cameras')).body.items).toMatchObject([
      { id: 'porch', isHeld: true, removedAt: expect.any(Number) },
    ]);
    for (const what of ['accesses', 'consents', 'proof']) {
      expect((await read(bob, 'porch', what)).status, what).toBe(404);
      expect((await read(nobody(), 'porch', what)).status, what).toBe(401);
    }
    expect((await bob.call('GET', '/owner/past-cameras')).body.items).toEqual([]);

    // Nobody comes after it under its id, nor to its picture under another.
    const lent = (owner: string) => ({ visibility: 'private', owner, ...place });
    const again = await make('porch', 'elsewhere', lent(bob.owner));
    expect([again.status, again.body.code, again.body.detail]).toEqual([
      ...[409, 'exists'],
      expect.stringMatching(/history belongs to its owner.*Choose another id/),
    ]);
    const named = await site.administrator.call('POST', '/cameras', { name: 'Porch', source: at('named') });
    expect([named.status, named.body.id]).toEqual([201, expect.stringMatching(/^porch-/)]);
    for (const more of [{}, lent(bob.owner)]) {
      const open = await make('street', 'porch?camera=porch', more);
      expect([open.status, open.body.errors?.[0].pointer]).toEqual([422, '/source']);
      expect(open.body.detail).toMatch(/was that of a private camera/);
    }
    expect((await make('street', 'street', {})).status).toBe(201);
    expect((await patch('street', { source: at('porch?camera=porch') })).status).toBe(422);
    expect((await make('porch-2', 'porch?camera=porch', lent(anna.owner))).status).toBe(201);
    // Nor by pointing the private camera itself elsewhere first.
    expect((await patch('porch-2', { source: at('nothing') })).status).toBe(200);
    expect((await patch('street', { source: at('porch?camera=porch') })).status).toBe(422);
    for (const id of ['porch', 'porch-2']) {
      expect((await bob.call('DELETE', `/owner/past-cameras/${id}/address`)).status).toBe(404);
      expect((await anna.call('DELETE', `/owner/past-cameras/${id}/address`)).status).toBe(204);
    }
    expect((await patch('street', { source: at('porch?camera=porch') })).status).toBe(200);

    const { body } = await auditor.call('GET', '/record?limit=200&subject=camera:porch');
    const kinds = body.items.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['camera-added', 'camera-removed', 'camera-address-freed']));
  });

  test('what the registry says of a lent camera is in the record; what would open more is its owner’s to say', async () => {
    const dora = await site.ownerAs('dora@example.org');
    const operator = await site.personAs('operator');
    const auditor = await site.personAs('auditor');
    await addPrivateCamera(site, 'yard', at('yard'), openTerms, dora.owner);
    expect((await patch('yard', { placeKind: 'residential' })).status).toBe(200);
    const letter = await site.mailbox.take('dora@example.org', ({ text }) =>
      text.includes('the kind of place'),
    );
    expect(letter.text).toContain('The control room did this.');
    expect(await ask(operator, 'yard')).toBeUndefined();
    for (const widened of [{ placeKind: 'street' }, { latitude: 51 }, { longitude: 8 }]) {
      const refused = await patch('yard', widened);
      expect([refused.status, refused.body.errors?.[0].pointer]).toEqual([
        422,
        `/${Object.keys(widened)[0]}`,
      ]);
      expect(refused.body.detail).toMatch(/on their page/);
    }
    const corrected = await dora.call('PATCH', '/owner/cameras/yard', {
      placeKind: 'shop',
      place: '1 Yard Lane',
      latitude: 50.11,
    });
    expect(corrected.status).toBe(204);
    expect((await ask(operator, 'yard')).state).toBe('live');
    const { body } = await auditor.call('GET', '/record?kind=camera-changed&limit=10&subject=camera:yard');
    expect(
      body.items.map(({ actor, detail }: { actor: string; detail: object }) => [actor.split(':')[0], detail]),
    ).toEqual([
      [
        'owner',
        {
          ...{ revision: 3, sourceKind: 'rtsp', fields: ['placeKind', 'place', 'latitude'] },
          ...{ placeKind: 'shop', placeKindBefore: 'residential', movedM: expect.any(Number) },
        },
      ],
      [
        'person',
        {
          ...{ revision: 2, sourceKind: 'rtsp', fields: ['placeKind'] },
          ...{ placeKind: 'residential', placeKindBefore: 'shop' },
        },
      ],
    ]);
    // Whoever takes it back takes back where it is; and may take the whole camera out.
    const seen = async () => (await operator.call('GET', '/cameras/yard')).body;
    expect(await seen()).toMatchObject({ place: '1 Yard Lane', latitude: 50.11 });
    await dora.call('POST', '/owner/cameras/yard/consent', { type: 'revoke' });
    expect(await seen()).toMatchObject({ place: '', latitude: null, longitude: null });
    const [own] = (await dora.call('GET', '/owner/cameras')).body.items;
    expect(own).toMatchObject({ id: 'yard', place: '1 Yard Lane' });
    const anna = await site.ownerAs('anna@example.org');
    expect((await anna.call('PATCH', '/owner/cameras/yard', { name: 'Mine' })).status).toBe(404);
    expect((await anna.call('DELETE', '/owner/cameras/yard')).status).toBe(404);
    expect((await dora.call('DELETE', '/owner/cameras/yard')).status).toBe(204);
    expect((await operator.call('GET', '/cameras/yard')).status).toBe(404);
    expect((await read(dora, 'yard', 'consents')).body.items).toHaveLength(2);
  });
});

describe('at rest', () => {
  const files = (dir: string) => readdirSync(dir).filter((name) => name.startsWith('clerestory.db'));

  test('no file of the store has an address, a name or a number of an owner; the key file is for its user alone', async () => {
    const secret = { name: 'Zebulon Quartermaine', email: 'zebulon@example.org', phone: '+1 212 555 7788' };
    await site.administrator.call('POST', '/owners', secret, { 'idempotency-key': 'zebulon-once' });
    await ask('fresh-face@example.org');
    await site.mailbox.take('fresh-face@example.org');
    for (const name of files(site.dir)) {
      const bytes = readFileSync(path.join(site.dir, name)).toString('latin1');
      for (const text of ['Zebulon', 'zebulon@', '555 7788', 'fresh-face'])
        expect(bytes.includes(text), `${text} in ${name}`).toBe(false);
    }
    expect(statSync(path.join(site.dir, 'owner-keys.json')).mode & 0o777).toBe(0o600);
  });

  test('a fresh key seals everything anew, and what was sealed still opens after a restart', async () => {
    const file = path.join(site.dir, 'owner-keys.json');
    const before = readFileSync(file, 'utf8');
    const answer = await site.administrator.call('POST', '/owners/keys');
    expect(answer.body.sealed).toBeGreaterThan(3);
    const after = JSON.parse(readFileSync(file, 'utf8'));
    expect(after.keys).toHaveLength(1);
    expect(before).not.toContain(after.keys[0].key);
    const listed = (await site.administrator.call('GET', '/owners')).body.items;
    await site.app.close();
    const again = await startOwnerApp({}, site.dir);
    try {
      expect((await again.administrator.call('GET', '/owners')).body.items).toEqual(listed);
    } finally {
      await again.stop();
    }
    for (const [spoil, words] of [
      [() => writeFileSync(file, before), /belong together/],
      [() => chmodSync(file, 0o644), /chmod 600/],
      [() => rmSync(file), /is gone/],
    ] as const) {
      spoil();
      await expect(startTestApp({}, site.dir)).rejects.toThrow(words);
    }
  });
});

test('one place asks for ten links at once and then has to wait', async () => {
  const mailbox = await startMailbox();
  const server = await startTestApp(mailbox.env);
  try {
    const codes: number[] = [];
    for (let n = 0; n < 12; n++) {
      const email = `many-${n}@example.org`;
      codes.push((await new Browser(server.app.url).call('POST', '/owner/sign-in-link', { email })).status);
    }
    expect(codes.filter((code) => code === 204)).toHaveLength(10);
    expect(codes.slice(10)).toEqual([429, 429]);
  } finally {
    await server.stop();
    await mailbox.close();
  }
});

test('without mail the server says so, alike to everybody; a demo shows the link at the terminal', async () => {
  const plain = await startTestApp();
  try {
    const browser = new Browser(plain.app.url);
    expect((await browser.call('GET', '/owner/session')).body).toEqual({ me: null, road: 'none' });
    expect((await browser.call('POST', '/owner/sign-in-link', { email: 'a@example.org' })).body.code).toBe(
      'unavailable',
    );
  } finally {
    await plain.stop();
  }
  const lines: string[] = [];
  const demo = await startTestApp({ CLERESTORY_DEMO: '1' }, undefined, { print: (line) => lines.push(line) });
  try {
    const browser = new Browser(demo.app.url);
    expect((await browser.call('GET', '/owner/session')).body.road).toBe('terminal');
    await browser.call('POST', '/owner/sign-in-link', { email: 'a@example.org' });
    const line = await until(() => lines.find((one) => one.includes('#link=')));
    expect(line).toContain('a@example.org');
    expect((await browser.call('POST', '/owner/session', { token: tokenIn(line), name: 'A' })).status).toBe(
      200,
    );
  } finally {
    await demo.stop();
  }
});

test('a mail server that wants a login and is busy at first gets the letter all the same', async () => {
  let tries = 0;
  const mailbox = await startMailbox({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'wall' && password === 'pass phrase'
        ? done(null, { user: 'wall' })
        : done(new Error('no')),
    onRcptTo: (_address, _session, done) =>
      (tries += 1) === 1 ? done(Object.assign(new Error('busy'), { responseCode: 451 })) : done(),
  });
  const server = await startTestApp({
    ...mailbox.env,
    CLERESTORY_SMTP_USER: 'wall',
    CLERESTORY_SMTP_PASSWORD: 'pass phrase',
  });
  try {
    await new Browser(server.app.url).call('POST', '/owner/sign-in-link', { email: 'late@example.org' });
    expect(tokenIn((await mailbox.take('late@example.org')).text)).toHaveLength(43);
    expect(tries).toBe(2);
  } finally {
    await server.stop();
    await mailbox.close();
  }
});

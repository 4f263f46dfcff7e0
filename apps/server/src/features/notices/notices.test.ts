import { spawn } from 'node:child_process';
import { createDecipheriv, createECDH, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as netServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assured } from '../../../../../tools/harness/assured.ts';
import { newId } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/database.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { startMailbox, type Mailbox } from '../../testing/mailbox.ts';
import { openNoticeDesk } from '../../../../../tools/notice-desk/desk.ts';
import { startOwnerApp } from '../../testing/owners.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { until } from '../../testing/server.ts';
import { maxInFlightUnproven, retryAfterMs } from './rules.ts';
import { wordsOf } from './words.ts';

type Desk = Awaited<ReturnType<typeof openNoticeDesk>>;
let folder: ReturnType<typeof temporaryFolder>;
let mailbox: Mailbox;
const open: { close(): Promise<unknown> | unknown }[] = [];
beforeEach(async () => {
  folder = temporaryFolder();
  mailbox = await startMailbox();
});
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
  await mailbox.close();
  folder.remove();
});

async function desk(clock = new TurnedClock(), port = mailbox.port): Promise<Desk> {
  const found = await openNoticeDesk(folder.dir, port, clock);
  open.push(found);
  return found;
}
async function ownerOf({ owners }: Desk, email = 'rosa@example.org', language: 'en' | 'es' = 'en') {
  const input = { name: 'Rosa', email, phone: null, language };
  const made = await owners.registry.create(input, { by: 'person:ada', key: `make-${email}` });
  if (!made.ok) throw new Error(made.problem.detail);
  return made.value.id;
}
const states = async ({ db }: Desk) =>
  (await db.selectFrom('notice_deliveries').select('state').orderBy('id').execute()).map(
    ({ state }) => state,
  );

interface Hit {
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  path: string;
}
/** A real HTTP server outside, which answers as it is told. */
async function outside(answer: (hit: Hit) => number = () => 201) {
  const hits: Hit[] = [];
  const server: Server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const hit = { headers: request.headers, body, path: request.url ?? '' };
      hits.push(hit);
      response.writeHead(answer(hit), { location: 'http://127.0.0.1:1/elsewhere' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({ close: () => new Promise((done) => server.close(done)) });
  return { hits, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('mail', () => {
  test('tells in the owner’s language who, why and until when; what was enqueued in a transaction that failed is never told', async () => {
    const one = await desk();
    const [rosa, luis] = [await ownerOf(one), await ownerOf(one, 'luis@example.org', 'es')];
    await expect(
      one.db.transaction().execute(async (write) => {
        await one.notices.enqueue(write, {
          ...{ id: 'never', owner: rosa, kind: 'access', camera: 'gate', cameraName: 'Gate', detail: {} },
        });
        throw new Error('the grant failed');
      }),
    ).rejects.toThrow();
    await one.tell(rosa, 'a1');
    await one.tell(rosa, 'a1');
    await one.tell(luis, 'a1');
    one.notices.start();
    const english = await mailbox.take('rosa@example.org');
    expect(english.subject).toContain('is being watched');
    expect(english.text).toContain('Why: Robbery or break-in');
    expect(english.text).toContain('/portal/camera/gate');
    expect((await mailbox.take('luis@example.org')).text).toContain('Por qué: Robo con violencia');
    await until(async () => (await states(one)).every((state) => state === 'sent'));
    expect(await states(one)).toHaveLength(2);
    expect(mailbox.letters).toEqual([]);
    const { items } = await one.record.read({ limit: 100, kind: 'notice-sent' }, 'person:u');
    expect(items.map(({ subject }) => subject).toSorted()).toEqual(
      [`owner:${rosa}`, `owner:${luis}`].toSorted(),
    );
    expect(JSON.stringify(items)).not.toContain('example.org');
  });

  test('times are those of the place', () => {
    const before = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
    const facts = { kind: 'access', cameraName: 'Gate', delayed: false, url: 'u' } as const;
    const detail = { from: Date.UTC(2026, 6, 1, 10), until: Date.UTC(2026, 6, 1, 11) };
    const [english, spanish] = [
      wordsOf('en', { ...facts, detail }).text,
      wordsOf('es', { ...facts, detail }).text,
    ];
    expect(english).toMatch(/From: Jul 1, 2026, 12:00\sPM GMT\+2/);
    expect(spanish).toMatch(/Desde: 1 .*jul.* 2026, 12:00.*GMT\+2/);
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  test('a server that is down is tried again, later each time, with the same id; then it is a dead letter that can be tried anew', async () => {
    await mailbox.close();
    const clock = new TurnedClock();
    const one = await desk(clock);
    await one.tell(await ownerOf(one), 'a1');
    one.notices.start();
    const attempts = async () =>
      (await one.db.selectFrom('notice_deliveries').select('attempts').executeTakeFirstOrThrow()).attempts;
    for (const [failed, waitMs] of retryAfterMs.entries()) {
      await until(async () => (await attempts()) === failed + 1);
      expect(await one.notices.dead()).toEqual([]);
      clock.pass(waitMs);
    }
    const letter = await until(async () => (await one.notices.dead())[0]);
    expect(letter).toMatchObject({ attempts: retryAfterMs.length + 1, channel: 'mail', kind: 'access' });
    expect(letter.why).not.toContain('example.org');
    mailbox = await startMailbox({}, mailbox.port);
    const retry = one.notices.routes().retryDeadLetter;
    await retry?.({ params: { letter: letter.id }, query: undefined, body: undefined } as never, {} as never);
    expect((await mailbox.take('rosa@example.org')).messageId).toMatch(/^<[0-9a-f]{40}@example\.org>$/);
  });

  test('an address that does not exist is a dead letter at once', async () => {
    const strict = await startMailbox({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('no'), { responseCode: 550 })),
    });
    open.push(strict);
    const one = await desk(undefined, strict.port);
    await one.tell(await ownerOf(one), 'a1');
    one.notices.start();
    expect(await until(async () => (await one.notices.dead())[0])).toMatchObject({ attempts: 1 });
  });
});

test('killed again and again while it sends, no notice is lost, and what comes twice has the same id', async () => {
  const count = 60;
  const setUp = await openNoticeDesk(folder.dir, mailbox.port);
  await ownerOf(setUp);
  await setUp.close();
  const program = path.join(import.meta.dirname, '../../../../../tools/notice-desk/main.ts');
  let kills = 0;
  let all = 0;
  for (let run = 0; ; run++) {
    const child = spawn(process.execPath, [
      program,
      folder.dir,
      String(mailbox.port),
      run === 0 ? String(count) : '0',
    ]);
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    // Some letters further on, in the middle of the next ones.
    const enough = Math.min(count, all + 17);
    const wanted = () => new Set(mailbox.letters.map(({ messageId }) => messageId)).size;
    await until(() => wanted() >= enough);
    all = wanted();
    const isLast = all >= count;
    if (isLast)
      // A test-side look at the store is not possible while it is open; the letters say that all is out.
      await until(() => wanted() === count);
    child.kill('SIGKILL');
    await ended;
    kills += 1;
    if (isLast) break;
  }
  const ids = mailbox.letters.map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(count);
  // On their way in the moment of a kill, at most so many are sent again.
  expect(ids.length - count).toBeLessThanOrEqual(kills * 16);
  expect(kills).toBeGreaterThan(2);

  // After the last kill: nothing new comes, only those again that had not been marked.
  const { db, close } = openDatabase(folder.dir);
  const rows = await db.selectFrom('notice_deliveries').select('state').execute();
  await close();
  expect(rows).toHaveLength(count);
  expect(rows.filter(({ state }) => state === 'pending').length).toBeLessThanOrEqual(16);
}, 120_000);

describe('webhook', () => {
  test('is signed, carries one id however often it is tried, and follows no redirect', async () => {
    let busy = true;
    const hook = await outside(() => (busy ? ((busy = false), 503) : 204));
    const clock = new TurnedClock();
    const one = await desk(clock);
    const rosa = await ownerOf(one);
    const routes = one.notices.routes();
    const context = { actor: { kind: 'owner', id: rosa, name: 'Rosa', session: 's' } } as never;
    const set = await routes.ownerSetWebhook?.({ body: { url: `${hook.url}/hook?x=1` } } as never, context);
    if (!set?.ok) throw new Error('no webhook');
    await one.tell(rosa, 'a1');
    one.notices.start();
    await until(() => hook.hits.length === 1);
    await until(
      async () =>
        (
          await one.db
            .selectFrom('notice_deliveries')
            .select('attempts')
            .where('channel', '=', 'webhook')
            .executeTakeFirstOrThrow()
        ).attempts === 1,
    );
    clock.pass(retryAfterMs[0] ?? 0);
    await until(() => hook.hits.length === 2);
    const [first, second] = hook.hits;
    expect(first?.headers['idempotency-key']).toBe(second?.headers['idempotency-key']);
    expect(second?.path).toBe('/hook?x=1');
    const [, t, v1] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(second?.headers['clerestory-signature'])) ?? [];
    const expected = createHmac('sha256', set.value.secret)
      .update(`${t}.${second?.body.toString()}`)
      .digest('hex');
    expect(v1).toBe(expected);
    expect(JSON.parse(second?.body.toString() ?? '')).toMatchObject({
      kind: 'access',
      camera: 'gate',
      delayed: false,
    });

    const turned = await outside(() => 302);
    await routes.ownerSetWebhook?.({ body: { url: turned.url } } as never, context);
    await one.tell(rosa, 'a2');
    const dead = await until(async () =>
      (await one.notices.dead()).find(({ channel }) => channel === 'webhook'),
    );
    expect(dead.why).toBe('it answered 302');
    expect(turned.hits).toHaveLength(1);
  });

  test('a mail server that takes calls and says nothing holds up no webhook, nor does a webhook that hangs another', async () => {
    const calls = new Set<Socket>();
    const silent = netServer((call) => void calls.add(call.on('error', () => undefined)));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const one = await desk(undefined, (silent.address() as AddressInfo).port);
    const hook = await outside(() => 204);
    const hung = netServer((call) => void calls.add(call.on('error', () => undefined)));
    hung.listen(0, '127.0.0.1');
    await once(hung, 'listening');
    open.push({
      close() {
        for (const server of [silent, hung]) server.close();
        for (const call of calls) call.destroy();
      },
    });
    const routes = one.notices.routes();
    const [rosa, luis] = [await ownerOf(one), await ownerOf(one, 'luis@example.org')];
    for (const [id, url] of [
      [luis, `http://127.0.0.1:${(hung.address() as AddressInfo).port}`],
      [rosa, hook.url],
    ]) {
      const context = { actor: { kind: 'owner', id, name: 'Rosa', session: 's' } } as never;
      const set = await routes.ownerSetWebhook?.({ body: { url } } as never, context);
      expect(set?.ok).toBe(true);
    }
    for (let n = 0; n < 40; n++) await one.tell(luis, `l${n}`);
    for (let n = 0; n < 40; n++) await one.tell(rosa, `r${n}`);
    one.notices.start();
    await until(() => hook.hits.length === 40);
    const sent = async () =>
      one.db
        .selectFrom('notice_deliveries')
        .select(['owner', 'channel'])
        .where('state', '=', 'sent')
        .execute();
    await until(async () => (await sent()).length === 40);
    expect(new Set((await sent()).map(({ owner, channel }) => `${owner} ${channel}`))).toEqual(
      new Set([`${rosa} webhook`]),
    );
  });

  test('however many different webhooks hang, one that answers is served at once', async () => {
    const calls = new Set<Socket>();
    const hung = Array.from({ length: 20 }, () =>
      netServer((call) => void calls.add(call.on('error', () => undefined))).listen(0, '127.0.0.1'),
    );
    await Promise.all(hung.map((server) => once(server, 'listening')));
    const one = await desk();
    const hook = await outside(() => 204);
    open.push({
      close() {
        for (const server of hung) server.close();
        for (const call of calls) call.destroy();
      },
    });
    const setFor = async (id: string, url: string) => {
      const context = { actor: { kind: 'owner', id, name: 'Rosa', session: 's' } } as never;
      expect((await one.notices.routes().ownerSetWebhook?.({ body: { url } } as never, context))?.ok).toBe(
        true,
      );
    };
    const rosa = await ownerOf(one);
    await setFor(rosa, hook.url);
    const silent: string[] = [];
    for (const [n, server] of hung.entries()) {
      silent.push(await ownerOf(one, `silent-${n}@example.org`));
      await setFor(silent[n] ?? '', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    }
    await one.tell(rosa, 'first');
    one.notices.start();
    await until(() => hook.hits.length === 1);
    for (const id of silent) await one.tell(id, 'silent');
    await until(() => calls.size > 0);
    for (let n = 0; n < 20; n++) await one.tell(rosa, `r${n}`);
    await until(() => hook.hits.length === 21);
    // None of those that hang was given up for it: the next of them would have been called.
    expect(calls.size).toBe(maxInFlightUnproven);
  });

  test('addresses inside, of clouds’ key services, without TLS or with odd spellings are refused', async () => {
    const site = await startOwnerApp();
    open.push({ close: () => site.stop() });
    const owner = await site.ownerAs('hook@example.org');
    for (const url of [
      'http://127.0.0.1:8080/x',
      'https://127.0.0.1/x',
      'https://0x7f.1/x',
      'https://[::1]/x',
      'https://10.0.0.5/x',
      'https://169.254.169.254/latest',
      'https://localhost/x',
      'http://203.0.113.9/x',
      'file:///etc/passwd',
      'https://user:pass@203.0.113.9/x',
      'gopher://203.0.113.9/x',
    ]) {
      const answer = await owner.call('PUT', '/owner/notices/webhook', { url });
      expect(answer.status, url).toBe(422);
    }
    expect((await owner.call('PUT', '/owner/notices/webhook', { url: 'https://203.0.113.9/x' })).status).toBe(
      200,
    );
    expect((await owner.call('GET', '/owner/notices/roads')).body.webhook).toMatchObject({
      host: '203.0.113.9',
    });
  });
});

test('push is encrypted for the browser alone (RFC 8291), and an address that is gone is forgotten', async () => {
  let status = 201;
  const service = await outside(() => status);
  const browser = createECDH('prime256v1');
  browser.generateKeys();
  const auth = randomBytes(16);
  const one = await desk();
  const rosa = await ownerOf(one);
  const routes = one.notices.routes();
  const context = { actor: { kind: 'owner', id: rosa, name: 'Rosa', session: 's' } } as never;
  const subscription = {
    endpoint: `${service.url}/push/abc`,
    keys: { p256dh: browser.getPublicKey('base64url'), auth: auth.toString('base64url') },
  };
  await routes.ownerAddPush?.({ body: subscription } as never, context);
  await one.tell(rosa, 'a1');
  one.notices.start();
  const hit = await until(() => service.hits[0]);
  expect(hit.headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' });
  expect(String(hit.headers['authorization'])).toMatch(/^vapid t=/);
  expect(hit.body.includes('Gate')).toBe(false);

  const [salt, keyLength] = [hit.body.subarray(0, 16), hit.body[20] ?? 0];
  const sender = hit.body.subarray(21, 21 + keyLength);
  const secret = browser.computeSecret(sender);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), sender]);
  const ikm = Buffer.from(hkdfSync('sha256', secret, auth, info, 32));
  const cek = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12));
  const sealed = hit.body.subarray(21 + keyLength);
  const opening = createDecipheriv('aes-128-gcm', cek, nonce).setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([opening.update(sealed.subarray(0, -16)), opening.final()]);
  const said = JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString());
  expect(said).toMatchObject({ title: 'Your camera “Gate” is being watched' });

  status = 410;
  await one.tell(rosa, 'a2');
  await until(async () => (await one.db.selectFrom('notice_roads').selectAll().execute()).length === 0);
});

const by = (name: string) => ({ by: `person:${name}`, key: newId() }) as never;
/** Sue asks that notices of the gate wait for so many hours; whoever approves it comes next. */
async function askDelay({ notices }: Awaited<ReturnType<typeof desk>>, hours = 2) {
  const routes = notices.routes();
  const asked = await routes.askNoticeDelay?.(
    { body: { camera: 'gate', hours, reason: 'A search is under way in the house' } } as never,
    by('sue'),
  );
  if (!asked?.ok) throw new Error('not asked');
  return { routes, delay: { params: { delay: asked.value.id } } as never };
}

describe('an order that notices wait', () => {
  test('takes two people, ends by itself, and is told in the letter', async () => {
    const clock = new TurnedClock();
    const one = await desk(clock);
    const rosa = await ownerOf(one);
    const { routes, delay } = await askDelay(one);
    one.notices.start();
    await one.tell(rosa, 'before');
    await mailbox.take('rosa@example.org');
    expect(await routes.approveNoticeDelay?.(delay, by('sue'))).toMatchObject({
      ok: false,
      problem: { code: 'forbidden' },
    });
    await one.tell(rosa, 'alone');
    await mailbox.take('rosa@example.org');
    expect(await routes.approveNoticeDelay?.(delay, by('sam'))).toMatchObject({ ok: true });
    await one.tell(rosa, 'held');
    await one.tell(rosa, 'elsewhere', 'access', 'other');
    await mailbox.take('rosa@example.org', ({ text }) => text.includes('/camera/other'));
    clock.pass(2 * 60 * 60_000 - 1);
    one.notices.start();
    await one.tell(rosa, 'elsewhere-2', 'access', 'other');
    await mailbox.take('rosa@example.org', ({ text }) => text.includes('/camera/other'));
    expect(mailbox.letters).toEqual([]);
    clock.pass(1);
    expect((await mailbox.take('rosa@example.org')).text).toContain('held back by an order of two people');
    const { items } = await one.record.read({ limit: 100 }, 'person:u');
    expect(items.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['notice-delay-asked', 'notice-delay-approved']),
    );
  });

  test('F1 a clock that is set back puts off neither its end nor a notice that is tried again, also over a restart', async () => {
    const clock = new TurnedClock();
    const one = await desk(clock);
    const rosa = await ownerOf(one);
    const { routes, delay } = await askDelay(one);
    await routes.approveNoticeDelay?.(delay, by('sam'));
    await one.tell(rosa, 'held');
    await mailbox.close();
    await one.tell(rosa, 'again', 'access', 'other');
    one.notices.start();
    const attempts = () => one.db.selectFrom('notice_deliveries').select('attempts').execute();
    await until(async () => (await attempts()).some(({ attempts }) => attempts === 1));
    await one.close();
    open.splice(open.indexOf(one), 1);
    clock.step(-10 * 60 * 60_000);
    clock.restartServer(retryAfterMs[0]);
    mailbox = await startMailbox({}, mailbox.port);
    const two = await desk(clock);
    two.notices.start();
    expect((await mailbox.take('rosa@example.org')).text).toContain('/camera/other');
    clock.step(-10 * 60 * 60_000);
    clock.pass(2 * 60 * 60_000 - (retryAfterMs[0] ?? 0) - 1);
    await two.tell(rosa, 'elsewhere', 'access', 'other');
    expect((await mailbox.take('rosa@example.org')).text).toContain('/camera/other');
    expect(mailbox.letters).toEqual([]);
    clock.pass(1);
    expect((await mailbox.take('rosa@example.org')).text).toContain('held back');
    await two.tell(rosa, 'after');
    expect((await mailbox.take('rosa@example.org')).text).not.toContain('held back');
    assured({
      ...{ row: 'F1', trials: 3 },
      claim:
        'a clock set back puts off neither the end of an order that notices wait nor a notice that is tried again',
      control: 'counted by the wall clock, neither goes out within the hours of the test’s own clock',
    });
  });

  test('ended early, what waits goes out now', async () => {
    const one = await desk();
    const rosa = await ownerOf(one);
    const { routes, delay } = await askDelay(one, 72);
    await routes.approveNoticeDelay?.(delay, by('sam'));
    one.notices.start();
    await one.tell(rosa, 'held');
    await routes.endNoticeDelay?.(delay, by('sam'));
    expect((await mailbox.take('rosa@example.org')).text).toContain('held back');
  });
});

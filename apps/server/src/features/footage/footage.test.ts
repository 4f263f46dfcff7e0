import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  FootageInput,
  type Answer,
  type FootageAnswerInput,
  type FootageRequest,
} from '@clerestory/protocol';
import { openNoticeDesk } from '../../../../../tools/notice-desk/desk.ts';
import type { RequestContext } from '../../platform/http.ts';
import { createLogger } from '../../platform/logging.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { startMailbox, type Mailbox } from '../../testing/mailbox.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { Footage } from './index.ts';
import type { LentCamera } from './ports.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const centre = { latitude: 50.1, longitude: 8.6 };
/** Metres to the north, on the sphere that distances are counted on. */
const north = (metres: number) => centre.latitude + (metres / 6_371_008.8) * (180 / Math.PI);

const ivy = { id: 'ivy', name: 'Ivy' };
const sam = { id: 'sam', name: 'Sam', isSupervisor: true };
const plain = (by: { id: string; name: string }) => ({ ...by, isSupervisor: false });

type Desk = Awaited<ReturnType<typeof openDesk>>;
let folder: ReturnType<typeof temporaryFolder>;
let mailbox: Mailbox;
let clock: TurnedClock;
let desk: Desk;
let gone: Set<string>;
let keys = 0;
const key = () => `key-of-footage-${(keys += 1)}`;

async function openDesk() {
  const found = await openNoticeDesk(folder.dir, mailbox.port, clock);
  const { db, record, owners, notices, steps } = found;
  const lent: LentCamera[] = [];
  const footage = new Footage({
    ...{ db, clock, steps, record, notices, owners: owners.registry, log: createLogger('silent') },
    mayAsk: (person) => !gone.has(person),
    incidents: { numbered: (number) => Promise.resolve(number === 12 ? { number } : undefined) },
    lent: () => lent,
    nameOf: (camera) => lent.find((one) => one.camera === camera),
    districtAt: () => 'Harbour',
  });
  owners.alsoSealed((write) => footage.sealAnew(write));
  return { ...found, ...footage, footage, lent };
}

beforeEach(async () => {
  folder = temporaryFolder();
  mailbox = await startMailbox();
  clock = new TurnedClock();
  gone = new Set();
  desk = await openDesk();
});
afterEach(async () => {
  await desk.footage.stop();
  await desk.close();
  await mailbox.close();
  folder.remove();
});

function value<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(answer.problem.detail);
  return answer.value;
}
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.problem.code);

async function ownerOf(email: string, phone: string | null = null, language: 'en' | 'es' = 'en') {
  const { registry } = desk.owners;
  return value(
    await registry.create({ name: `Owner ${email}`, email, phone, language }, { by: 'x', key: key() }),
  ).id;
}
const lend = (owner: string, camera: string, metres = 0) =>
  desk.lent.push({
    ...{ camera, name: `The ${camera}`, place: `${camera} street`, owner },
    ...{ latitude: north(metres), longitude: centre.longitude },
  });

const input = (part: Partial<FootageInput> = {}): FootageInput =>
  FootageInput.parse({
    ...{ purpose: 'robbery', case: { kind: 'incident', number: 12 }, place: 'Quay 4', ...centre },
    ...{ radiusM: 200, from: clock.nowMs() - 2 * hourMs, to: clock.nowMs() - hourMs },
    words: 'A van left the quay in a hurry. Did your camera see it?',
    ...part,
  });
const ask = async (part: Partial<FootageInput> = {}) =>
  value(await desk.service.ask(input(part), ivy, key()));
const publish = async ({ id }: FootageRequest) =>
  value(await desk.service.moderate(id, { decision: 'publish' }, sam, key()));
const answerOf = (camera: string, part: Partial<FootageAnswerInput> = {}): FootageAnswerInput => ({
  ...{ cameras: [camera], words: 'A red van at ten past nine.', reach: 'mail', ...part },
});
const entries = async () => (await desk.record.read({ limit: 500 }, 'person:u')).items.toReversed();

describe('asking', () => {
  test('it waits until another supervisor has read it; who asked cannot agree to it', async () => {
    const request = await ask();
    expect(request).toMatchObject({ number: 1, state: 'waiting', district: 'Harbour', answers: 0 });
    const own = await desk.service.moderate(request.id, { decision: 'publish' }, ivy, key());
    expect(codeOf(own)).toBe('forbidden');
    expect((await desk.service.get(request.id))?.state).toBe('waiting');
    const published = await publish(request);
    expect(published).toMatchObject({ state: 'published', endsAt: clock.nowMs() + 14 * dayMs });
    expect(published.moderatedBy).toEqual({ id: 'sam', name: 'Sam' });
    const again = await desk.service.moderate(request.id, { decision: 'publish' }, sam, key());
    expect(codeOf(again)).toBe('conflict');
  });

  test('a refusal says why, and is the end of it', async () => {
    const { id } = await ask();
    const word = { decision: 'refuse', why: 'The area is far too wide for a stolen bicycle.' } as const;
    expect(value(await desk.service.moderate(id, word, sam, key()))).toMatchObject({
      ...{ state: 'refused', refusal: word.why },
    });
    expect(codeOf(await desk.service.moderate(id, { decision: 'publish' }, sam, key()))).toBe('conflict');
    expect(codeOf(await desk.service.close(id, plain(ivy), key()))).toBe('conflict');
    expect(await desk.service.published()).toEqual([]);
  });

  test('of the past, not long ago, of one day at most, for a case that there is', async () => {
    const nowMs = clock.nowMs();
    const refused = async (part: Partial<FootageInput>) =>
      codeOf(await desk.service.ask(input(part), ivy, key()));
    expect(await refused({ from: nowMs - 1_000, to: nowMs + 1 })).toBe('invalid-request');
    expect(await refused({ from: nowMs - 30 * dayMs - 1, to: nowMs - 30 * dayMs + hourMs })).toBe(
      'invalid-request',
    );
    expect(await refused({ case: { kind: 'incident', number: 13 } })).toBe('unprocessable');
    expect(await refused({ from: nowMs - 30 * dayMs, to: nowMs - 29 * dayMs })).toBe('ok');
    expect(await refused({ from: nowMs - dayMs, to: nowMs, case: { kind: 'other', number: '26-118' } })).toBe(
      'ok',
    );
    const fits = (part: object) => FootageInput.safeParse({ ...input(), ...part }).success;
    expect(fits({ from: nowMs - dayMs - 1, to: nowMs })).toBe(false);
    expect(fits({ from: nowMs, to: nowMs })).toBe(false);
    expect([49, 50, 1_000, 1_001].map((radiusM) => fits({ radiusM }))).toEqual([false, true, true, false]);
    expect([14, 15].map((days) => fits({ days }))).toEqual([true, false]);
    expect(fits({ words: 'too short' })).toBe(false);
    expect(input({ words: 'On two lines,\n  and  all of it\tplain text.' }).words).toBe(
      'On two lines, and all of it plain text.',
    );
  });

  test('the same key asks once, and never for something else', async () => {
    const mine = key();
    const first = value(await desk.service.ask(input(), ivy, mine));
    expect(value(await desk.service.ask(input(), ivy, mine)).id).toBe(first.id);
    expect((await desk.service.page(undefined, 100)).items).toHaveLength(1);
    expect(codeOf(await desk.service.ask(input({ radiusM: 300 }), ivy, mine))).toBe('key-reused');
    const word = key();
    const moderate = () => desk.service.moderate(first.id, { decision: 'publish' }, sam, word);
    expect(value(await moderate())).toEqual(value(await moderate()));
  });

  test('each step has its entry, from which nobody learns who, where or which case', async () => {
    const request = await publish(await ask());
    await desk.service.close(request.id, sam, key());
    const found = (await entries()).filter(({ kind }) => kind.startsWith('footage-'));
    expect(found.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['footage-asked', 'person:ivy'],
      ['footage-moderated', 'person:sam'],
      ['footage-closed', 'person:sam'],
    ]);
    expect(found[0]?.detail).toMatchObject({ purpose: 'robbery', district: 'Harbour', case: 'Incident 12' });
    // Without the commitments, which are hashes and say whatever chance lets them say.
    const leaves = (await desk.record.log.leaves(0, 100)).join('\n').replaceAll(/"[\w+/]{43}="/g, '');
    expect(leaves).toContain('"kind":"footage-moderated"');
    expect(leaves).toContain('Harbour');
    expect(leaves).not.toMatch(/Quay|Incident 12|ivy|sam|50\.1|van left/i);
  });
});

describe('owners', () => {
  test('see a request in whose area they have a camera; of every other there is none', async () => {
    const [near, edge, far] = [
      await ownerOf('a@x.example'),
      await ownerOf('b@x.example'),
      await ownerOf('c@x.example'),
    ];
    lend(near, 'cafe');
    lend(edge, 'gate', 199.9);
    lend(far, 'yard', 200.1);
    const waiting = await ask();
    expect(await desk.ownerSide.of(near)).toEqual([]);
    const request = await publish(waiting);
    for (const [owner, camera] of [
      [near, 'cafe'],
      [edge, 'gate'],
    ] as const)
      expect(await desk.ownerSide.of(owner)).toMatchObject([
        { number: 1, state: 'published', askedBy: 'Ivy', cameras: [{ id: camera }], answer: null },
      ]);
    expect(await desk.ownerSide.of(far)).toEqual([]);
    const refused = await ask();
    // Outside, not yet published, and not there at all: one answer.
    const answers = await Promise.all([
      desk.ownerSide.answer(far, request.id, answerOf('yard'), key()),
      desk.ownerSide.answer(near, refused.id, answerOf('cafe'), key()),
      desk.ownerSide.answer(near, 'nowhere', answerOf('cafe'), key()),
      desk.ownerSide.hide(far, request.id, true),
      desk.ownerSide.withdraw(far, request.id),
      desk.ownerSide.withdraw(near, request.id),
    ]);
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(codeOf(answers[0] as Answer<unknown>)).toBe('not-found');
    expect(value(await desk.service.answers(request.id, plain(ivy))).items).toEqual([]);
  });

  test('who answers is told to who asked and to supervisors, with the contact that was chosen, and can take it back', async () => {
    const rosa = await ownerOf('rosa@x.example', '+1 415 555 0100');
    lend(rosa, 'cafe');
    lend(rosa, 'yard', 50);
    const { id } = await publish(await ask());
    const elsewhere = await desk.ownerSide.answer(rosa, id, answerOf('bank'), key());
    expect(codeOf(elsewhere)).toBe('unprocessable');
    const mine = key();
    for (let n = 0; n < 2; n++)
      expect(value(await desk.ownerSide.answer(rosa, id, answerOf('cafe'), mine))).toMatchObject({
        answer: { words: 'A red van at ten past nine.', reach: 'mail' },
      });
    const read = async () => value(await desk.service.answers(id, plain(ivy))).items;
    expect(await read()).toMatchObject([
      {
        name: 'Owner rosa@x.example',
        contact: 'rosa@x.example',
        cameras: [{ id: 'cafe', name: 'The cafe' }],
      },
    ]);
    expect((await desk.service.get(id))?.answers).toBe(1);
    expect(codeOf(await desk.service.answers(id, plain({ id: 'ike', name: 'Ike' })))).toBe('forbidden');
    expect(
      value(await desk.service.answers(id, { id: 'sue', name: 'Sue', isSupervisor: true })).items,
    ).toHaveLength(1);

    // Another answer takes the place of the first; nothing but what was chosen is told.
    value(await desk.ownerSide.answer(rosa, id, answerOf('yard', { reach: 'phone' }), key()));
    expect(await read()).toMatchObject([{ contact: '+1 415 555 0100', cameras: [{ id: 'yard' }] }]);
    value(await desk.ownerSide.answer(rosa, id, answerOf('yard', { reach: 'words' }), key()));
    expect((await read())[0]?.contact).toBeNull();
    value(await desk.ownerSide.withdraw(rosa, id));
    expect(await read()).toEqual([]);
    expect(await desk.ownerSide.of(rosa)).toMatchObject([{ answer: null }]);
  });

  test('answering gives something away, and asks for a sign-in of a short while ago; taking back and hiding do not', async () => {
    const rosa = await ownerOf('rosa@x.example');
    lend(rosa, 'cafe');
    const { id } = await publish(await ask());
    const context = {
      ...{ actor: { kind: 'owner', id: rosa, name: 'Rosa', session: 's' }, key: key() },
    } as unknown as RequestContext;
    const at = (isFresh: boolean) => desk.footage.routes(() => isFresh);
    const answer = { params: { request: id }, query: undefined, body: answerOf('cafe') };
    expect(codeOf((await at(false).ownerAnswerFootage?.(answer, context)) as Answer<unknown>)).toBe(
      'confirm-first',
    );
    expect(codeOf((await at(true).ownerAnswerFootage?.(answer, context)) as Answer<unknown>)).toBe('ok');
    const [back, hide] = [
      await at(false).ownerWithdrawFootage?.(
        { params: { request: id }, query: undefined, body: undefined },
        context,
      ),
      await at(false).ownerHideFootage?.(
        { params: { request: id }, query: undefined, body: { hidden: true } },
        context,
      ),
    ];
    expect([back, hide].map((one) => one?.ok)).toEqual([true, true]);
  });

  test('that somebody reads the answers is recorded, whether or not there are any, and tells the public of no place', async () => {
    const rosa = await ownerOf('rosa@x.example');
    lend(rosa, 'cafe');
    const { id } = await publish(await ask());
    value(await desk.service.answers(id, plain(ivy)));
    value(await desk.ownerSide.answer(rosa, id, answerOf('cafe'), key()));
    value(await desk.service.answers(id, sam));
    await desk.service.answers(id, plain({ id: 'ike', name: 'Ike' }));
    const reads = (await entries()).filter(({ kind }) => kind === 'footage-answers-read');
    expect(reads.map(({ actor }) => actor)).toEqual(['person:ivy', 'person:sam']);
    expect(reads[0]?.detail).toEqual(reads[1]?.detail);
    const leaves = await desk.record.log.leaves(0, 100);
    expect(leaves.filter((leaf) => leaf.includes('answers-read') && leaf.includes('Harbour'))).toEqual([]);
  });

  test('who gave no phone number cannot ask to be called', async () => {
    const rosa = await ownerOf('rosa@x.example');
    lend(rosa, 'cafe');
    const { id } = await publish(await ask());
    const answer = await desk.ownerSide.answer(rosa, id, answerOf('cafe', { reach: 'phone' }), key());
    expect(codeOf(answer)).toBe('unprocessable');
  });

  test('who stops lending hears of nothing more, and can still take back what they answered', async () => {
    const rosa = await ownerOf('rosa@x.example');
    lend(rosa, 'cafe');
    const [answered, left] = [await publish(await ask()), await publish(await ask())];
    value(await desk.ownerSide.answer(rosa, answered.id, answerOf('cafe'), key()));
    desk.lent.length = 0;
    expect((await desk.ownerSide.of(rosa)).map(({ id }) => id)).toEqual([answered.id]);
    expect(codeOf(await desk.ownerSide.answer(rosa, left.id, answerOf('cafe'), key()))).toBe('not-found');
    value(await desk.ownerSide.withdraw(rosa, answered.id));
    expect(await desk.ownerSide.of(rosa)).toEqual([]);
  });

  test('what they write lies sealed, also with a fresh key, and is forgotten 30 days after the end', async () => {
    const rosa = await ownerOf('rosa@x.example');
    lend(rosa, 'cafe');
    const { id } = await publish(await ask());
    value(await desk.ownerSide.answer(rosa, id, answerOf('cafe', { words: 'Call Heron 7733.' }), key()));
    await desk.owners.renewKeys('person:ada');
    const read = async () => value(await desk.service.answers(id, plain(ivy))).items;
    expect((await read())[0]?.words).toBe('Call Heron 7733.');
    for (const file of ['clerestory.db', 'clerestory.db-wal'])
      expect(readFileSync(path.join(folder.dir, file), 'latin1')).not.toContain('Heron 7733');

    await desk.service.close(id, plain(ivy), key());
    expect(await desk.ownerSide.of(rosa)).toMatchObject([{ state: 'closed', answer: { reach: 'mail' } }]);
    expect(codeOf(await desk.ownerSide.withdraw(rosa, id))).toBe('conflict');
    expect(codeOf(await desk.ownerSide.answer(rosa, id, answerOf('cafe'), key()))).toBe('conflict');
    clock.pass(30 * dayMs);
    await desk.teller.look();
    expect(await read()).toHaveLength(1);
    clock.pass(hourMs);
    await desk.teller.look();
    expect(await read()).toEqual([]);
    expect(await desk.ownerSide.of(rosa)).toEqual([]);
  });
});

describe('the end', () => {
  test('comes by itself, in the moment itself, and joins the record', async () => {
    const rosa = await ownerOf('rosa@x.example');
    lend(rosa, 'cafe');
    const request = await publish(await ask({ days: 3 }));
    clock.pass(3 * dayMs - 1);
    expect(await desk.ownerSide.of(rosa)).toHaveLength(1);
    clock.pass(1);
    // Nobody has looked yet.
    expect(await desk.ownerSide.of(rosa)).toEqual([]);
    expect(codeOf(await desk.ownerSide.answer(rosa, request.id, answerOf('cafe'), key()))).toBe('not-found');
    expect(await desk.service.get(request.id)).toMatchObject({ state: 'closed', end: 'end' });
    expect(codeOf(await desk.service.close(request.id, sam, key()))).toBe('conflict');
    await desk.teller.look();
    await desk.teller.look();
    const ends = (await entries()).filter(({ kind }) => kind === 'footage-closed');
    expect(ends.map(({ actor, detail }) => [actor, detail['because']])).toEqual([['server', 'end']]);
  });

  test('comes when who asked is no investigator any more, also found at a start: owners are told, and the record has it', async () => {
    const [rosa, luis] = [await ownerOf('rosa@x.example'), await ownerOf('luis@x.example')];
    lend(rosa, 'cafe');
    lend(luis, 'shop');
    const [published, waiting] = [await publish(await ask({ days: 3 })), await ask()];
    value(await desk.ownerSide.answer(rosa, published.id, answerOf('cafe'), key()));
    await desk.teller.look();
    expect(await desk.service.get(published.id)).toMatchObject({ state: 'published', end: null });

    // The server was off when the role went.
    await desk.close();
    gone.add(ivy.id);
    desk = await openDesk();
    lend(rosa, 'cafe');
    lend(luis, 'shop');
    await desk.teller.look();
    for (const { id } of [published, waiting])
      expect(await desk.service.get(id)).toMatchObject({ state: 'closed', end: 'asker-gone' });
    const told = { id: published.id, state: 'closed', end: 'asker-gone' };
    expect(await desk.ownerSide.of(rosa)).toMatchObject([{ ...told, answer: { reach: 'mail' } }]);
    expect(await desk.ownerSide.of(luis)).toMatchObject([{ ...told, answer: null }]);
    expect(codeOf(await desk.ownerSide.answer(luis, published.id, answerOf('shop'), key()))).toBe('conflict');
    const ends = (await entries()).filter(({ kind }) => kind === 'footage-closed');
    expect(ends.map(({ actor, detail }) => [actor, detail['because']])).toEqual([
      ['server', 'asker-gone'],
      ['server', 'asker-gone'],
    ]);
    // Back in the role: what has ended stays ended; until its last day, owners read why.
    gone.clear();
    await desk.teller.look();
    expect(await desk.service.get(published.id)).toMatchObject({ state: 'closed' });
    clock.pass(3 * dayMs);
    expect(await desk.ownerSide.of(luis)).toEqual([]);
  });

  test('is for who asked and for supervisors', async () => {
    const request = await publish(await ask());
    expect(codeOf(await desk.service.close(request.id, plain({ id: 'ike', name: 'Ike' }), key()))).toBe(
      'forbidden',
    );
    expect(value(await desk.service.close(request.id, plain(ivy), key()))).toMatchObject({
      ...{ state: 'closed', end: 'asker' },
    });
    const other = await ask();
    expect(value(await desk.service.close(other.id, sam, key()))).toMatchObject({ end: 'supervisor' });
    expect(await desk.service.published()).toMatchObject([{ number: 1, state: 'closed' }]);
  });
});

describe('telling', () => {
  test('each owner in the area once, whatever they lend, after publishing and not by it', async () => {
    const [rosa, luis, far] = [
      await ownerOf('rosa@x.example'),
      await ownerOf('luis@x.example', null, 'es'),
      await ownerOf('far@x.example'),
    ];
    lend(rosa, 'cafe');
    lend(rosa, 'yard', 20);
    lend(luis, 'shop');
    lend(far, 'mill', 900);
    const notices = async () =>
      (await desk.db.selectFrom('notices').select(['owner', 'camera_name']).orderBy('owner').execute()).map(
        (one) => [one.owner, one.camera_name],
      );
    const waiting = await ask();
    await desk.teller.look();
    expect(await notices()).toEqual([]);
    await publish(waiting);
    // As long as it takes to publish, so long it takes with nobody in the area.
    expect(await notices()).toEqual([]);
    await desk.teller.look();
    await desk.teller.look();
    expect(await notices()).toEqual(
      [
        [rosa, 'The cafe, The yard'],
        [luis, 'The shop'],
      ].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
    desk.notices.start();
    const english = await mailbox.take('rosa@x.example');
    expect(english.subject).toContain('A request for footage');
    expect(english.text).toContain('Who asks: Ivy, an investigator');
    expect(english.text).toContain('Nobody is told if you leave it.');
    expect(english.text).toContain('/portal/requests');
    expect((await mailbox.take('luis@x.example')).text).toContain('Por qué: Robo con violencia');
    const kinds = (await entries()).map(({ kind }) => kind);
    expect(kinds).not.toContain('notice-sent');
  });

  test('a server that ended between publishing and telling tells when it is back', async () => {
    const rosa = await ownerOf('rosa@x.example');
    await publish(await ask());
    await desk.footage.stop();
    await desk.close();
    desk = await openDesk();
    lend(rosa, 'cafe');
    await desk.teller.look();
    expect(await desk.db.selectFrom('notices').select('owner').execute()).toEqual([{ owner: rosa }]);
  });
});

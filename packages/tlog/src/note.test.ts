import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ed25519, hex, sha256 } from '../testing/crypto.ts';
import {
  cosignatureTimeS,
  formatAddCheckpoint,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  fromBase64,
  openCheckpoint,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signedBytes,
  timedSignature,
  toBase64,
  utf8,
  verifierKey,
  verifyNote,
  type VerifierKey,
} from './index.ts';

const keyOf = (text: string): VerifierKey => {
  const key = parseVerifierKey(sha256, text);
  if (!key) throw new Error(`${text} is no key`);
  return key;
};

/** The notes that Go’s sumdb/note tests with. */
const peter = keyOf('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
const enoch = keyOf('EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop');
const text = `If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n`;
const peterLine =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const enochLine =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

describe('signed notes (C2SP signed-note)', () => {
  const opened = (message: string, keys: VerifierKey[]) => {
    const note = parseNote(message);
    return note && verifyNote(ed25519, note, keys);
  };
  test('the specification’s example verifies', () => {
    const key = keyOf('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    expect(formatVerifierKey(key)).toBe(
      'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
    );
    const message =
      'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
    expect(opened(message, [key])).toMatchObject({ ok: true });
    expect(opened(message.replace('an', 'no'), [key])).toMatchObject({ ok: false });
  });

  test('two signatures, of which one or both are by known keys', () => {
    const message = `${text}\n${peterLine}${enochLine}`;
    for (const keys of [[peter], [enoch], [peter, enoch]])
      expect(opened(message, keys)).toMatchObject({ ok: true, signed: keys.map((key) => ({ key })) });
    expect(opened(message, [])).toMatchObject({ ok: false });
    const note = parseNote(message);
    expect(note && formatNote(note)).toBe(message);
  });

  test('is signed as Go signs it, beyond ASCII too', () => {
    const der = Buffer.concat([
      hex('302e020100300506032b657004220420'),
      (fromBase64('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz') as Uint8Array).subarray(1),
    ]);
    const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const words = 'árvore de transparência 日本語 🌲\n';
    const signature = sign(null, signedBytes(peter, words, 0), secret);
    expect(formatNote({ text: words, signatures: [{ name: peter.name, id: peter.id, signature }] })).toBe(
      `${words}\n— PeterNeumann x08go++3OV7s/KeQz0gcxdTb0xCe6RGE+WqNgFmfn4c7Kh2Tj4rqMVeBKDYPti8V31GF/I1uTTEjjn8pxz1ai4qlEwM=\n`,
    );
    // The key of an all-zero seed, as Go names it.
    expect(formatVerifierKey(verifierKey(sha256, 'Señor-0', 1, enoch.publicKey))).toBe(
      'Señor-0+2b9e7c9d+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop',
    );
  });

  test('a wrong signature of a known key spoils the note, whoever else signed', () => {
    const wrong = peterLine.replace('x08go/ZJ', 'x08go/ZK');
    expect(opened(`${text}\n${wrong}${enochLine}`, [peter, enoch])).toMatchObject({
      ok: false,
      fault: expect.stringContaining('PeterNeumann'),
    });
    expect(opened(`${text}\n${wrong}${enochLine}`, [enoch])).toMatchObject({ ok: true });
  });

  test.each([
    ['text alone', text],
    ['no signature', `${text}\n`],
    ['no newline at the end', `${text}\n${peterLine.slice(0, -1)}`],
    ['a control character', `\u0001${text}\n${peterLine}`],
    ['a name with a space', `${text}\n${peterLine.replace('PeterNeumann', 'Bad Name')}`],
    ['a line that is none', `${text}\n${peterLine}Unexpected line.\n`],
    ['101 signatures', `${text}\n${peterLine.repeat(101)}`],
  ])('%s is no note', (_, message) => expect(parseNote(message)).toBeNull());

  test('a key is taken whole and unchanged, or not at all', () => {
    const whole = formatVerifierKey(peter);
    for (let from = 0; from < whole.length; from++)
      for (let to = from + 1; to <= whole.length; to++)
        if (to - from < whole.length) expect(parseVerifierKey(sha256, whole.slice(from, to))).toBeNull();
    for (let at = 0; at < whole.length; at++) {
      const other = whole.slice(0, at) + String.fromCharCode(whole.charCodeAt(at) + 1) + whole.slice(at + 1);
      expect(parseVerifierKey(sha256, other), other).toBeNull();
    }
    expect(
      parseVerifierKey(sha256, 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'),
    ).toBeNull();
  });
});

/** A checkpoint of a real log as it was published, signed by the log in two ways and by four witnesses. */
const real = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
`;
const log = [
  keyOf('arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f'),
];
const witnesses = [
  'transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM',
  'witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO',
  'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
  'witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv',
].map(keyOf);

describe('checkpoints and cosignatures (C2SP tlog-checkpoint, tlog-cosignature)', () => {
  test('one of a real log opens, with the log and each of its four witnesses', () => {
    const opened = openCheckpoint(ed25519, real, { log, witnesses });
    if (!opened.ok) throw new Error(opened.fault);
    const { checkpoint, signed } = opened.value;
    expect(checkpoint).toMatchObject({
      origin: 'arche2025h1.staging.ct.transparency.dev',
      size: 1_432_088_532,
    });
    expect(signed.map(({ key }) => key)).toEqual([...log, ...witnesses]);
    expect(signed.slice(1).map(({ signature }) => cosignatureTimeS(signature))).toEqual(
      Array(4).fill(0x6a122120),
    );
    expect(real.startsWith(formatCheckpoint(checkpoint))).toBe(true);
  });
  test('any other size, root or time does not', () => {
    expect(openCheckpoint(ed25519, real.replace('1432088532', '1432088533'), { log })).toMatchObject({
      ok: false,
    });
    expect(openCheckpoint(ed25519, real.replace('U7WM', 'U7WN'), { log })).toMatchObject({ ok: false });
    const later = real.replace('2net5wAAAABqEiEg', '2net5wAAAABqEiEh');
    expect(openCheckpoint(ed25519, later, { log, witnesses })).toMatchObject({ ok: false });
  });
  test('what only witnesses signed is no checkpoint of the log', () =>
    expect(openCheckpoint(ed25519, real, { log: [peter], witnesses })).toEqual({
      ok: false,
      fault: 'the log itself has not signed it',
    }));
  test('the specification’s example of a cosignature has the time of its example', () =>
    expect(
      cosignatureTimeS({
        signature: (
          fromBase64(
            'jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==',
          ) as Uint8Array
        ).slice(4),
      }),
    ).toBe(1_679_315_147));
  test('a cosignature of ours has its form, and holds for its time alone', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = verifierKey(
      sha256,
      'witness.example/w1',
      4,
      publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    );
    const body = formatCheckpoint({
      origin: 'example.com/log',
      size: 5,
      root: new Uint8Array(32),
      extensions: [],
    });
    const timeS = 1_800_000_000;
    const signature = timedSignature(timeS, sign(null, signedBytes(key, body, timeS), privateKey));
    const note = { text: body, signatures: [{ name: key.name, id: key.id, signature }] };
    expect(verifyNote(ed25519, note, [key])).toMatchObject({ ok: true });
    const other = {
      ...note,
      signatures: [
        { name: key.name, id: key.id, signature: timedSignature(timeS + 1, signature.subarray(8)) },
      ],
    };
    expect(verifyNote(ed25519, other, [key])).toMatchObject({ ok: false });
  });
  test.each([
    '',
    'a\n',
    'a\n1\n',
    'a\n01\nAAAA\n',
    'a\n-1\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n',
    'a\n1\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n',
  ])('%j is no checkpoint', (body) => expect(parseCheckpoint(body)).toBeNull());
});

describe('add-checkpoint (C2SP tlog-witness)', () => {
  const proof = [
    'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=',
    'jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=',
  ];
  const checkpoint = `example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`;
  test('has the form of the specification’s example', () => {
    const body = `old 20852014\n${proof.join('\n')}\n\n${checkpoint}`;
    const parsed = parseAddCheckpoint(body);
    expect(parsed).toMatchObject({ oldSize: 20_852_014, checkpoint });
    expect(parsed?.proof.map(toBase64)).toEqual(proof);
    expect(parsed && formatAddCheckpoint(parsed)).toBe(body);
    expect(parseAddCheckpoint(`old 0\n\n${checkpoint}`)).toMatchObject({ oldSize: 0, proof: [] });
  });
  test.each([
    ['a size with a zero in front', `old 01\n\n${checkpoint}`],
    ['a negative size', `old -1\n\n${checkpoint}`],
    ['another word', `new 1\n\n${checkpoint}`],
    ['a short hash', `old 1\nAAAA\n\n${checkpoint}`],
    ['64 hashes', `old 1\n${`${proof[0]}\n`.repeat(64)}\n${checkpoint}`],
    ['no checkpoint', 'old 1'],
  ])('%s: it is none', (_, body) => expect(parseAddCheckpoint(body)).toBeNull());
});

test('bytes, base64 and UTF-8 are those of the runtime', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(Buffer.from(bytes).equals(fromBase64(toBase64(bytes)) ?? new Uint8Array(1))).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (words) => {
      expect(Buffer.from(utf8(words)).equals(Buffer.from(words))).toBe(true);
    }),
  );
  for (const no of ['A', 'AAA', 'A===', 'AB==', 'AA=A', '====', 'AAA=AAAA', 'AA A', 'AAA\n'])
    expect(fromBase64(no), no).toBeNull();
  expect(() => utf8('\ud800')).toThrow(RangeError);
});

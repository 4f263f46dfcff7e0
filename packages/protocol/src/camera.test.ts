import { describe, expect, test } from 'vitest';
import { CameraSource } from './camera.ts';
import { LayoutId } from './layout-id.ts';

const source = (part: object) =>
  CameraSource.safeParse({ kind: 'rtsp', main: 'rtsp://10.0.0.5/main', ...part });
const wordsOf = (part: object) => source(part).error?.issues.map(({ message }) => message);

describe('a camera’s login', () => {
  test.each(['admin', 'Prénom Nom', 'a@b/c#d%e'])('user name %s', (username) =>
    expect(source({ username, password: 'any: "one" @ all' }).success).toBe(true),
  );
  test.each(['a:b', 'a"b'])('user name %s, which no request carries', (username) =>
    expect(wordsOf({ username })).toEqual(['a camera’s user name cannot hold a colon or a quotation mark']),
  );
  test.each([
    'rtsp://kim:secret@10.0.0.5/main',
    'rtsp://kim:p@ss#w rd@10.0.0.5/main',
    'rtsp://kim:pa/ss@10.0.0.5/main',
  ])('in the address %s', (main) =>
    expect(wordsOf({ main })).toEqual([
      'put the user name and password into their own fields, not into the address',
    ]),
  );
  test('an @ in the path is none', () =>
    expect(source({ main: 'rtsp://10.0.0.5/user@site/main' }).success).toBe(true));
});

test('a layout that is none is told without words of programmers', () =>
  expect(LayoutId.safeParse('4x4').error?.issues[0]?.message).not.toMatch(/literal/));

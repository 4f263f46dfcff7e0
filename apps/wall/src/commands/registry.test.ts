import { describe, expect, test } from 'vitest';
import { createRegistry, writes, type Command, type Press } from './registry.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});
const command = (id: string, keys: string[], when = true, group = 'one'): Command<null> => ({
  id,
  label: id,
  group,
  keys,
  when: () => when,
  run: () => undefined,
});

describe('a registry', () => {
  test('does not take an id twice', () => {
    expect(() => createRegistry([command('a', []), command('a', ['x'])])).toThrow('"a" is registered twice');
  });
  test('does not know what is not there', () => {
    expect(() => createRegistry([command('a', [])]).get('b')).toThrow('no command "b"');
  });
  test('gives the first command that has the key and may run', () => {
    const registry = createRegistry([
      command('no', ['x'], false),
      command('yes', ['x']),
      command('late', ['x']),
    ]);
    expect(registry.forPress(press('x'), null)?.id).toBe('yes');
    expect(registry.forPress(press('y'), null)).toBeNull();
  });
  test('takes Ctrl, or ⌘, where a key asks for it', () => {
    const registry = createRegistry([command('plain', ['k']), command('palette', ['Ctrl+k'])]);
    expect(registry.forPress(press('k'), null)?.id).toBe('plain');
    expect(registry.forPress(press('k', { ctrlKey: true }), null)?.id).toBe('palette');
    expect(registry.forPress(press('K', { metaKey: true }), null)?.id).toBe('palette');
    expect(registry.forPress(press('k', { altKey: true, ctrlKey: true }), null)).toBeNull();
  });
  test('takes a sign wherever a keyboard has it, and knows that it writes', () => {
    const registry = createRegistry([command('next', [']'])]);
    const altGr = press(']', { altKey: true, ctrlKey: true });
    expect(registry.forPress(altGr, null)?.id).toBe('next');
    expect(registry.forPress(press(']', { altKey: true }), null)?.id).toBe('next');
    expect(registry.forPress(press(']', { ctrlKey: true }), null)).toBeNull();
    expect([altGr, press('a'), press('a', { ctrlKey: true })].map(writes)).toEqual([true, true, false]);
  });
  test('takes a letter with and without capitals, and leaves the browser its own keys', () => {
    const registry = createRegistry([command('layout', ['l'])]);
    expect(registry.forPress(press('L'), null)?.id).toBe('layout');
    for (const modifier of ['ctrlKey', 'altKey', 'metaKey'])
      expect(registry.forPress(press('l', { [modifier]: true }), null)).toBeNull();
  });
  test('groups commands in their order', () => {
    const registry = createRegistry([
      command('a', [], true, 'one'),
      command('b', [], true, 'two'),
      command('c', [], true, 'one'),
    ]);
    expect(registry.groups().map(({ name, commands }) => [name, commands.map(({ id }) => id)])).toEqual([
      ['one', ['a', 'c']],
      ['two', ['b']],
    ]);
  });
});

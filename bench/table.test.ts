import { describe, expect, it } from 'vitest';
import { markdown, publish } from './table.ts';

const table = {
  name: 'one',
  title: 'One',
  note: 'Measured.',
  columns: ['what', 'ms'],
  rows: [['a', 1]],
  figures: null,
};

describe('publish', () => {
  it('puts a table into its place and leaves all else alone, also the second time', () => {
    const before = '# All\n\n<!-- bench:one -->\n\nold\n\n<!-- /bench:one -->\n\nAfterwards.\n';
    const text = markdown(table, 'Today.');
    const after = publish(before, 'one', text);
    expect(after).toBe(
      '# All\n\n<!-- bench:one -->\n\n## One\n\nToday. Measured.\n\n| what | ms |\n| --- | --- |\n| a | 1 |\n\n<!-- /bench:one -->\n\nAfterwards.\n',
    );
    expect(publish(after, 'one', text)).toBe(after);
  });

  it('appends what has no place yet, and refuses a place without an end', () => {
    expect(publish('# All\n', 'two', 'new')).toBe(
      '# All\n\n<!-- bench:two -->\n\nnew\n\n<!-- /bench:two -->\n',
    );
    expect(() => publish('<!-- bench:two -->\n', 'two', 'new')).toThrow('no <!-- /bench:two -->');
  });
});

import { describe, expect, it } from 'vitest';
import { SourceAge } from './source-age.ts';

const now = 1_800_000_000_000;

describe('whole segments, played evenly', () => {
  it('are as far behind as the first of them when it is written', () => {
    const age = new SourceAge('evenly', 4_000);
    expect(age.behind(now - 9_000, 2_000, now)).toBe(9_000);
    // Written as soon as they are there, played when it is their turn.
    expect(age.behind(now - 7_000, 2_000, now + 100)).toBe(9_000);
    expect(age.behind(now - 5_010, 2_000, now + 4_000)).toBe(9_000);
  });
  it('are behind by what the playlist held, without dates and whatever the dates say', () => {
    expect(new SourceAge('evenly', 12_000).behind(null, 6_000, now)).toBe(12_000);
    expect(new SourceAge('evenly', 12_000).behind(now + 50_000, 6_000, now)).toBe(12_000);
  });
  it('that go over to a recording are as old as it says, and are back with what is new', () => {
    const age = new SourceAge('evenly', 2_000);
    age.behind(now - 3_000, 1_000, now);
    expect(age.behind(now - 2_000 - 3_600_000, 1_000, now + 1_000)).toBe(3_603_000);
    expect(age.behind(now - 1_000 - 3_600_000, 1_000, now + 2_000)).toBe(3_603_000);
    expect(age.behind(now, 1_000, now + 3_000)).toBe(3_000);
  });
});

describe('parts, as they come', () => {
  it('are as far behind as the one that came fastest after its end', () => {
    const age = new SourceAge('as they come', 0);
    expect(age.behind(now, 500, now + 1_500)).toBe(1_000);
    expect(age.behind(now + 500, 500, now + 1_800)).toBe(800);
    expect(age.behind(now + 1_000, 500, now + 4_000)).toBe(800);
  });
  it('are not behind where their dates are ahead of our clock', () => {
    expect(new SourceAge('as they come', 0).behind(now + 5_000, 500, now)).toBe(0);
  });
});

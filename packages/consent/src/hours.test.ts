import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hours } from '@clerestory/protocol';
import { endOfHours, isWithinHours } from './hours.ts';

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const at = (text: string) => Date.parse(text);
const within = (hours: Hours, text: string) => isWithinHours(hours, at(text));

describe('C8 hours', () => {
  const nights: Hours = { zone: 'Europe/Berlin', windows: [{ days: [5], from: '22:00', until: '06:00' }] };
  test('across midnight, counted to the day it began on', () => {
    expect(within(nights, '2026-01-09T21:59:59+01:00')).toBe(false);
    expect(within(nights, '2026-01-09T22:00:00+01:00')).toBe(true);
    expect(within(nights, '2026-01-10T05:59:59+01:00')).toBe(true);
    expect(within(nights, '2026-01-10T06:00:00+01:00')).toBe(false);
    expect(within(nights, '2026-01-09T03:00:00+01:00')).toBe(false);
    const sundays: Hours = { ...nights, windows: [{ days: [7], from: '22:00', until: '06:00' }] };
    expect(within(sundays, '2026-01-12T03:00:00+01:00')).toBe(true);
  });
  test('a whole day, and its end at the last minute of a run of days', () => {
    const whole: Hours = { zone: 'UTC', windows: [{ days: [1, 2], from: '00:00', until: '00:00' }] };
    expect(within(whole, '2026-01-06T23:59:59Z')).toBe(true);
    expect(endOfHours(whole, at('2026-01-05T08:00:00Z'), Infinity)).toBe(at('2026-01-07T00:00:00Z'));
  });
  test('the hour that clocks leave out does not count', () => {
    // 29 March 2026: 02:00 becomes 03:00 in Berlin.
    const hours: Hours = {
      zone: 'Europe/Berlin',
      windows: [{ days: everyDay, from: '01:00', until: '02:30' }],
    };
    expect(endOfHours(hours, at('2026-03-29T01:30:00+01:00'), Infinity)).toBe(
      at('2026-03-29T03:00:00+02:00'),
    );
    expect(endOfHours(hours, at('2026-03-28T01:30:00+01:00'), Infinity)).toBe(
      at('2026-03-28T02:30:00+01:00'),
    );
  });
  test('the hour that clocks show twice counts twice', () => {
    // 25 October 2026: 03:00 becomes 02:00 in Berlin.
    const hours: Hours = {
      zone: 'Europe/Berlin',
      windows: [{ days: everyDay, from: '01:00', until: '02:30' }],
    };
    expect(within(hours, '2026-10-25T02:15:00+02:00')).toBe(true);
    expect(within(hours, '2026-10-25T02:45:00+02:00')).toBe(false);
    expect(within(hours, '2026-10-25T02:15:00+01:00')).toBe(true);
    const late: Hours = {
      zone: 'Europe/Berlin',
      windows: [{ days: everyDay, from: '01:00', until: '03:30' }],
    };
    expect(endOfHours(late, at('2026-10-25T01:30:00+02:00'), Infinity)).toBe(at('2026-10-25T03:30:00+01:00'));
  });

  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/St_Johns',
  ];
  const two = (n: number) => String(n).padStart(2, '0');
  const time = fc.integer({ min: 0, max: 1_439 }).map((n) => `${two(Math.floor(n / 60))}:${two(n % 60)}`);
  const hours: fc.Arbitrary<Hours> = fc.record({
    zone: fc.constantFrom(...zones),
    windows: fc.array(fc.record({ days: fc.subarray(everyDay, { minLength: 1 }), from: time, until: time }), {
      minLength: 1,
      maxLength: 3,
    }),
  });
  /** Near every turn of a clock in 2026 of these zones, and anywhere else. */
  const turns = [
    '2026-03-29T01:00Z',
    '2026-10-25T01:00Z',
    '2026-03-08T07:00Z',
    '2026-11-01T06:00Z',
    '2026-04-04T15:00Z',
    '2026-10-03T15:30Z',
  ];
  const instant = fc.oneof(
    fc
      .tuple(fc.constantFrom(...turns), fc.integer({ min: -720, max: 720 }))
      .map(([turn, n]) => at(turn) + n * minuteMs),
    fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2026-12-31T00:00Z') }),
  );

  /** What hangs on the wall, read from the long form of another format. */
  function wallClock(zone: string, ms: number): { day: number; minute: number } {
    const text = new Date(ms).toLocaleString('sv-SE', { timeZone: zone });
    const [date = '', clock = ''] = text.split(' ');
    const day = new Date(`${date}T00:00Z`).getUTCDay() || 7;
    return { day, minute: Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5)) };
  }
  const minuteOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  /** C8 read once more: today’s windows, and those of yesterday that go on past midnight. */
  function plainly({ zone, windows }: Hours, ms: number): boolean {
    const { day, minute } = wallClock(zone, ms);
    const yesterday = day === 1 ? 7 : day - 1;
    return windows.some(({ days, from, until }) => {
      const [start, end] = [minuteOf(from), minuteOf(until)];
      return end > start
        ? days.includes(day) && minute >= start && minute < end
        : (days.includes(day) && minute >= start) || (days.includes(yesterday) && minute < end);
    });
  }

  test('C8 as read by another reader, near every turn of the clocks', () => {
    fc.assert(
      fc.property(hours, instant, (given, ms) => {
        expect(isWithinHours(given, ms)).toBe(plainly(given, ms));
      }),
      { numRuns: 1_000 },
    );
  });
  test('C8 the end is the first minute outside', () => {
    fc.assert(
      fc.property(hours, instant, fc.integer({ min: 1, max: 400 }), (given, ms, most) => {
        const untilMs = ms + most * minuteMs;
        let expected = ms;
        const aligned = Math.floor(ms / minuteMs) * minuteMs;
        while (expected < untilMs && plainly(given, expected))
          expected = expected === ms ? aligned + minuteMs : expected + minuteMs;
        expect(endOfHours(given, ms, untilMs)).toBe(Math.min(expected, untilMs));
      }),
      { numRuns: 60 },
    );
  });
  test('a day of every zone is bounded', () =>
    expect(
      endOfHours({ zone: 'UTC', windows: [{ days: everyDay, from: '00:00', until: '00:00' }] }, 0, dayMs),
    ).toBe(dayMs));
});

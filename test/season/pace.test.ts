/** How fast and in which hours a season asks, by a clock that only waiting moves. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { msUntilOpen, parseDayWindow } from '../../src/domain/day-window.js';
import { openPace } from '../../src/season/pace.js';
import { fakeClock } from './fake-clock.js';

const OFFSET = 480;
const at = (local: string): number => Date.parse(`2026-07-01T${local}:00+08:00`);
const NEVER = new AbortController().signal;
const HOUR = 3_600_000;

describe('a window of the day', () => {
  it.each([
    ['19:00-07:00', '10:00', 9 * HOUR],
    ['19:00-07:00', '19:00', 0],
    ['19:00-07:00', '23:59', 0],
    ['19:00-07:00', '00:00', 0],
    ['19:00-07:00', '06:59', 0],
    ['19:00-07:00', '07:00', 12 * HOUR],
    ['09:00-11:30', '08:00', HOUR],
    ['09:00-11:30', '11:29', 0],
    ['09:00-11:30', '11:30', 21.5 * HOUR],
    ['00:00-00:01', '00:01', 24 * HOUR - 60_000],
  ])('%s at %s opens in %d ms', (text, local, ms) => {
    const window = parseDayWindow(text);
    if (window === null) throw new Error('no window');
    expect(msUntilOpen(window, at(local), OFFSET)).toBe(ms);
  });

  it.each(['', '19-07', '24:00-07:00', '19:60-07:00', '7:00-19:00', '07:00-07:00', '07:00 - 19:00'])(
    '%j is none',
    (text) => {
      expect(parseDayWindow(text)).toBeNull();
    },
  );

  it('is open once it was waited for, at any instant, offset and window', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const offset = fc.integer({ min: -720, max: 840 });
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 0, max: 4e12 }), offset, (from, to, now, offsetMinutes) => {
        fc.pre(from !== to);
        const ms = msUntilOpen({ from, to }, now, offsetMinutes);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThan(24 * HOUR);
        expect(msUntilOpen({ from, to }, now + ms, offsetMinutes)).toBe(0);
      }),
    );
  });
});

describe('the pace', () => {
  const between = parseDayWindow('19:00-07:00');

  it('lets go no more cases a second than it is told, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 1000 }),
        async (chunks, perSecond) => {
          const clock = fakeClock(at('10:00'));
          const pace = openPace({ perSecond, between: null, utcOffsetMinutes: OFFSET }, clock, () => undefined);
          let before = 0;
          for (const cases of chunks) {
            await pace.turn(cases, NEVER);
            // All that went before has had its time.
            expect(clock.now() - at('10:00')).toBeGreaterThanOrEqual((1000 * before) / perSecond - 1);
            before += cases;
          }
        },
      ),
    );
  });

  it('waits for its hours, and says once until when', async () => {
    const clock = fakeClock(at('10:00'));
    const told: number[] = [];
    const pace = openPace({ perSecond: null, between, utcOffsetMinutes: OFFSET }, clock, (until) => told.push(until));
    await pace.turn(250, NEVER);
    await pace.turn(250, NEVER);
    expect(clock.waits).toEqual([9 * HOUR]);
    expect(told).toEqual([at('19:00')]);
  });

  it('does not run out of its hours while it waits for its rate', async () => {
    const clock = fakeClock(at('06:59'));
    const pace = openPace({ perSecond: 1, between, utcOffsetMinutes: OFFSET }, clock, () => undefined);
    await pace.turn(120, NEVER);
    await pace.turn(1, NEVER);
    expect(clock.now()).toBe(at('19:00'));
  });

  it('ends its wait at a pause', async () => {
    const pace = openPace(
      { perSecond: null, between, utcOffsetMinutes: OFFSET },
      fakeClock(at('10:00')),
      () => undefined,
    );
    await expect(pace.turn(1, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});

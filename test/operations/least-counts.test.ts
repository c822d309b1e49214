import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastCounts } from '../../src/operations/least-counts.js';

describe('numbers told of people', () => {
  it.each([
    ['enough of all', [40, 25, 12], [40, 25, 12]],
    ['nobody names nobody', [40, 0, 12], [40, 0, 12]],
    ['one too small takes the next smallest with it', [40, 25, 3], [40, null, null]],
    ['two too small hide each other', [40, 2, 3], [40, null, null]],
    ['all too small', [2, 2, 0], [null, null, 0]],
    ['the only part', [3, 0, 0], [null, 0, 0]],
  ])('%s', (_, parts, told) => {
    expect(leastCounts(parts, 10)).toEqual(told);
  });

  it('never tell a number below the bound, nor leave out one alone where the whole is known', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(60), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 3, max: 30 }),
        (parts, least) => {
          const told = leastCounts(parts, least);
          told.forEach((count, i) => {
            if (count !== null) expect(count).toBe(parts[i]);
            expect(count === null || count === 0 || count >= least).toBe(true);
          });
          const whole = parts.reduce((sum, count) => sum + count, 0);
          if (whole >= least) expect(told.filter((count) => count === null).length).not.toBe(1);
        },
      ),
    );
  });
});

/** The statistic that says whether times tell who exists, on distributions whose answer is known. */
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../bench/load/random.js';
import { compareSamples, indistinguishable, median } from '../../bench/timing/statistics.js';

/** Standard normal values (Box and Muller). */
function normal(random: () => number, count: number, shift = 0): number[] {
  return Array.from(
    { length: count },
    () => shift + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** Chance that the first of two normals is the larger, which are `shift` apart: Φ(shift / √2). */
const CHANCE = { 0.1: 0.52818, 0.5: 0.63817, 1: 0.76025 } as const;

describe('compareSamples', () => {
  it('counts by hand: wins, and half for equal ones', () => {
    // 3 beats 1 and 2; 2 beats 1 and draws with 2; 1 draws with 1.
    expect(compareSamples([1, 2, 3], [1, 2]).auc).toBeCloseTo((2 + 1.5 + 0.5) / 6, 12);
    expect(compareSamples([1, 2, 3], [1, 2])).toMatchObject({ medianDifference: 0.5 });
    expect(compareSamples([5, 6], [1, 2])).toMatchObject({ auc: 1, low: 1, high: 1, medianDifference: 4 });
    expect(compareSamples([7, 7, 7], [7, 7])).toMatchObject({ auc: 0.5, low: 0.5, high: 0.5, medianDifference: 0 });
    expect(() => compareSamples([1], [1, 2])).toThrow(RangeError);
  });

  it('does not change with the unit or with a monotone scale, and turns round with the samples', () => {
    const random = randomFrom(1);
    const first = normal(random, 200, 0.3);
    const second = normal(random, 150);
    const { auc, low, high } = compareSamples(first, second);
    const scaled = compareSamples(first.map(Math.exp), second.map(Math.exp));
    expect(scaled.auc).toBeCloseTo(auc, 12);
    const turned = compareSamples(second, first);
    expect([turned.auc, turned.low, turned.high]).toEqual([
      expect.closeTo(1 - auc, 10),
      expect.closeTo(1 - high, 10),
      expect.closeTo(1 - low, 10),
    ]);
  });

  it.each([0.1, 0.5, 1] as const)('finds the chance of normals that are %f apart', (shift) => {
    const random = randomFrom(7);
    const { auc, low, high } = compareSamples(normal(random, 8000, shift), normal(random, 8000));
    expect(Math.abs(auc - CHANCE[shift])).toBeLessThan(0.012);
    expect(low).toBeLessThan(CHANCE[shift]);
    expect(high).toBeGreaterThan(CHANCE[shift]);
  });

  it('has the truth in its interval about 99 times of 100', () => {
    const random = randomFrom(3);
    let inside = 0;
    for (let i = 0; i < 1000; i += 1) {
      const { low, high } = compareSamples(normal(random, 100, 0.5), normal(random, 80));
      if (low <= CHANCE[0.5] && CHANCE[0.5] <= high) inside += 1;
    }
    // 990 ± 4 standard deviations, and some for the approximation at this size.
    expect(inside).toBeGreaterThan(972);
    expect(inside).toBeLessThan(1000);
  });

  it('takes like for alike at 4,000 each, and a shift of a third of a deviation not', () => {
    const random = randomFrom(5);
    const none = compareSamples(normal(random, 4000), normal(random, 4000));
    expect(indistinguishable(none, 0.05)).toBe(true);
    expect(indistinguishable(compareSamples(normal(random, 4000, 0.33), normal(random, 4000)), 0.05)).toBe(false);
    // Too few to be sure of anything.
    expect(indistinguishable(compareSamples(normal(random, 100), normal(random, 100)), 0.05)).toBe(false);
  });

  it('knows the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  });
});

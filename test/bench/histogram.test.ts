import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../bench/histogram.js';

function histogramOf(latencies: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of latencies) histogram.add(ms);
  return histogram;
}

/** The exact value that the share `q` of the latencies does not exceed. */
function exactQuantile(latencies: readonly number[], q: number): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? Number.NaN;
}

describe('Histogram', () => {
  it('tells every quantile at most 1/64, or a microsecond, above the exact one, and never below it', () => {
    const latencies = fc.array(fc.double({ min: 0, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const exact = exactQuantile(values, q);
        const told = histogramOf(values).quantile(q);
        // A value on the edge between two buckets stands in the upper one.
        expect(told).toBeGreaterThanOrEqual(exact);
        expect(told).toBeLessThanOrEqual(exact * (1 + 1 / 64) + 0.001 + 1e-9);
      }),
    );
  });

  it('counts what it was given', () => {
    expect(histogramOf([1, 2, 3]).total).toBe(3);
  });

  it('has no quantile of nothing', () => {
    expect(new Histogram().quantile(0.5)).toBeNaN();
  });

  it('keeps what was never answered in the tail and out of the middle', () => {
    const histogram = histogramOf([1, 1, 1, Number.POSITIVE_INFINITY]);
    expect(histogram.quantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(histogram.quantile(0.75)).toBeLessThan(1.1);
  });
});

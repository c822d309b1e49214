import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { P99_LIMIT, searchCapacity } from '../../bench/capacity.js';
import type { Measured } from '../../bench/measure.js';

const FINE: Measured = {
  answers: 1,
  faults: 0,
  fault: null,
  seconds: 1,
  perSecond: 1,
  p50: 1,
  p90: 1,
  p99: 1,
  max: 1,
  saturated: false,
  ownCpu: 0,
  serverCpu: 0,
  databaseCpu: null,
  selects: 0,
  inserts: 0,
  memory: 0,
};

/** A server that bears every rate up to a limit. */
function bearing(limit: number, beyond: Partial<Measured>) {
  return (rate: number) => Promise.resolve(rate <= limit ? FINE : { ...FINE, ...beyond });
}

describe('searchCapacity', () => {
  it('comes within a twentieth of what is borne, from a guess half or twice of it, in at most ten probes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 200, max: 20_000 }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        async (limit, wrong) => {
          const { rate, probes } = await searchCapacity(limit * wrong, bearing(limit, { saturated: true }));
          expect(rate).toBeLessThanOrEqual(limit + 1);
          expect(rate).toBeGreaterThanOrEqual(limit * 0.94);
          expect(probes.length).toBeLessThanOrEqual(10);
        },
      ),
    );
  });

  it.each([
    ['a server left behind', { saturated: true }],
    ['a wrong answer', { faults: 1 }],
    ['a p99 at the limit', { p99: P99_LIMIT }],
    ['no answer at all', { p99: Number.NaN }],
  ])('does not count as borne: %s', async (_, beyond) => {
    const { rate, probes } = await searchCapacity(1000, bearing(900, beyond));
    expect(rate).toBeLessThanOrEqual(901);
    expect(probes.filter(({ borne }) => borne).every((probe) => probe.rate <= 900)).toBe(true);
    expect(probes.some(({ borne }) => !borne)).toBe(true);
  });

  it('is 0 where nothing is borne, after ten probes', async () => {
    const { rate, probes } = await searchCapacity(1000, bearing(0, { saturated: true }));
    expect(rate).toBe(0);
    expect(probes).toHaveLength(10);
  });
});

/** A token bucket never gives more than its rate and capacity allow, whatever is asked when. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../src/admit/token-bucket.js';

describe('a token bucket', () => {
  it('gives within any time its capacity and what that time fills at most', () => {
    const asked = fc.array(fc.record({ after: fc.nat(500), tokens: fc.integer({ min: 1, max: 20 }) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 20, max: 100 }), asked, (rate, capacity, all) => {
        const bucket = new TokenBucket(rate, capacity, 0);
        let now = 0;
        let given = 0;
        for (const { after, tokens } of all) {
          now += after;
          if (bucket.take(tokens, now) === 0) given += tokens;
          expect(given).toBeLessThanOrEqual(capacity + (rate * now) / 1000 + 1e-6);
        }
      }),
    );
  });

  it('tells a wait after which it gives, and not before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(60_000),
        (rate, tokens, at) => {
          const emptied = () => {
            const bucket = new TokenBucket(rate, 50, 0);
            while (bucket.take(tokens, at) === 0);
            return bucket;
          };
          const wait = emptied().take(tokens, at);
          expect(wait).toBeGreaterThan(0);
          expect(emptied().take(tokens, at + wait)).toBe(0);
          if (wait > 1) expect(emptied().take(tokens, at + wait - 1)).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('owes one capacity at most to what others took, and says when it is full again', () => {
    const bucket = new TokenBucket(10, 10, 0);
    bucket.drain(1_000_000, 0);
    expect(bucket.take(1, 0)).toBe(1100);
    expect(bucket.isFull(1999)).toBe(false);
    expect(bucket.isFull(2000)).toBe(true);
  });
});

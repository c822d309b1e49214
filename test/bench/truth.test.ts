import { describe, expect, it } from 'vitest';
import { and, or, some, type Truth, those } from '../../bench/floors/truth.js';

const TRUTHS: readonly Truth[] = [true, false, null];
/** Kleene's tables: false before unknown before true for `and`, the other way round for `or`. */
const least = (...all: readonly Truth[]) => (all.includes(false) ? false : all.includes(null) ? null : true);
const most = (...all: readonly Truth[]) => (all.includes(true) ? true : all.includes(null) ? null : false);

describe("the hand-written rules' three-valued logic", () => {
  it('is Kleene', () => {
    for (const a of TRUTHS) {
      for (const b of TRUTHS) {
        for (const c of TRUTHS) {
          expect(and(a, b, c)).toBe(least(a, b, c));
          expect(or(a, b, c)).toBe(most(a, b, c));
          expect(some([a, b, c], (one) => one)).toBe(most(a, b, c));
        }
      }
    }
  });

  it('knows no selection where one member is not known', () => {
    expect(those([1, 2, 3], (n) => n > 1)).toEqual([2, 3]);
    expect(those([1, 2, 3], (n) => (n === 2 ? null : true))).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { SeenProofs } from '../../src/authenticate/seen-proofs.js';

const WINDOW = 65_000;

describe('proofs that were used', () => {
  it('are known for a whole window, whenever in it they were used', () => {
    for (const first of [0, 1, WINDOW - 1, WINDOW, 2 * WINDOW - 1]) {
      const seen = new SeenProofs(WINDOW, 100);
      seen.use('key', 'opens the first window', 0);
      expect(seen.use('key', 'proof', first)).toBe('FIRST');
      for (const after of [0, 1, WINDOW / 2, WINDOW - 1]) {
        expect({ first, after, use: seen.use('key', 'proof', first + after) }).toEqual({ first, after, use: 'AGAIN' });
      }
    }
  });

  it('are told apart by the key that made them', () => {
    const seen = new SeenProofs(WINDOW, 100);
    expect([seen.use('one', 'proof', 0), seen.use('other', 'proof', 0), seen.use('one', 'proof', 0)]).toEqual([
      'FIRST',
      'FIRST',
      'AGAIN',
    ]);
  });

  it('are never forgotten for want of room: the next is not taken, until the window is over', () => {
    const seen = new SeenProofs(WINDOW, 2);
    expect(['a', 'b', 'c', 'a'].map((id) => seen.use('key', id, 0))).toEqual(['FIRST', 'FIRST', 'FULL', 'AGAIN']);
    expect(seen.use('key', 'c', WINDOW)).toBe('FIRST');
    expect(seen.use('key', 'a', WINDOW)).toBe('AGAIN');
    expect(seen.use('key', 'a', 2 * WINDOW)).toBe('FIRST');
  });

  it('are known, and make room again, after the clock was set back', () => {
    const seen = new SeenProofs(WINDOW, 1);
    expect(seen.use('key', 'a', 10 * WINDOW)).toBe('FIRST');
    expect(seen.use('key', 'a', 0)).toBe('AGAIN');
    expect(seen.use('key', 'b', 1)).toBe('FIRST');
  });
});

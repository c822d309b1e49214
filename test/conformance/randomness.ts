/** Random choices that a seed repeats. */

/** A source of random choices. */
export interface Randomness {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** Whether something of this probability happens, 0 to 1. */
  chance(probability: number): boolean;
  /** One of several; at least one must be there. */
  pick<T>(from: readonly T[]): T;
  /** Those of several that a probability each picks, in their order. */
  some<T>(from: readonly T[], probability: number): T[];
}

/** Opens a source (sfc32). @param seed any whole number; equal seeds give equal choices */
export function randomness(seed: number): Randomness {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88 ^ Math.imul(seed, 0x85ebca6b);
  let c = 0xb7e15162 ^ (seed >>> 16);
  let d = 1;
  const next = (): number => {
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    chance: (probability) => next() < probability,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new RangeError('nothing to pick from');
      return from[below(from.length)] as T;
    },
    some: (from, probability) => from.filter(() => next() < probability),
  };
}

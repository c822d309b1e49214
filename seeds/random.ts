/**
 * Seeded random numbers: the same on every platform, so a city can be named by (residents, seed, day).
 * Never for secrets: whoever knows the seed knows every number.
 */

/** 32-bit hash of a text, FNV-1a with the final mix of MurmurHash3. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    h ^= text.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  return mix(h);
}

function mix(value: number): number {
  let h = value;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Values with weights, ready to be drawn from. */
export interface Weighted<T> {
  readonly values: readonly T[];
  /** Running totals of the weights; the last is their sum. */
  readonly totals: readonly number[];
}

/** @param entries value and weight; a weight is any number ≥ 0, at least one is > 0 */
export function weighted<T>(entries: readonly (readonly [value: T, weight: number])[]): Weighted<T> {
  let sum = 0;
  const totals = entries.map(([, weight]) => {
    sum += weight;
    return sum;
  });
  return { values: entries.map(([value]) => value), totals };
}

/** One stream of random numbers: sfc32, 128 bits of state, seeded from words of 32 bits. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /**
   * @param seed names the city
   * @param purpose what the stream is for, as a 32-bit word, such as `hash32('household')`
   * @param index which one of that purpose, such as the number of the household
   */
  constructor(seed: number, purpose: number, index: number) {
    this.a = mix(seed ^ 0x9e3779b9);
    this.b = mix(purpose ^ Math.floor(index / 0x1_0000_0000));
    this.c = mix(index ^ 0x85ebca6b);
    for (let round = 0; round < 12; round += 1) this.word();
  }

  /** The next 32 bits, as an integer from 0. */
  word(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return sum >>> 0;
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor((this.word() / 0x1_0000_0000) * bound);
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True at the given rate, 0 to 1. */
  chance(rate: number): boolean {
    return this.word() < rate * 0x1_0000_0000;
  }

  /** One of the list, each as likely. @throws RangeError where the list is empty */
  pick<T>(list: readonly T[]): T {
    const value = list[this.below(list.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  /** One of the values, by weight. */
  draw<T>(from: Weighted<T>): T {
    const sum = from.totals[from.totals.length - 1] ?? 0;
    const mark = (this.word() / 0x1_0000_0000) * sum;
    let low = 0;
    let high = from.totals.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (mark < (from.totals[middle] ?? sum)) high = middle;
      else low = middle + 1;
    }
    const value = from.values[low];
    if (value === undefined) throw new RangeError('nothing to draw from');
    return value;
  }
}

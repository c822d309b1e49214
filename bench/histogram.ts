/** Latencies in buckets whose width grows with the value: at most 1/64 of it, from 1 µs to some 19 hours. */

const SUB = 64;
const BITS = 6;
const BUCKETS = SUB * 32;
/** Longer latencies, also Infinity for what was never answered, count as this: µs, some 19 hours. */
const LONGEST = 2 ** 36;
const LAST = bucketOf(LONGEST);

function bucketOf(micros: number): number {
  const value = Math.min(LONGEST, Math.max(0, Math.floor(micros)));
  if (value < SUB) return value;
  const magnitude = Math.floor(Math.log2(value)) - BITS;
  return Math.min(BUCKETS - 1, SUB * (magnitude + 1) + Math.floor(value / 2 ** magnitude) - SUB);
}

function upperEdge(bucket: number): number {
  if (bucket < SUB) return bucket + 1;
  const magnitude = Math.floor(bucket / SUB) - 1;
  return (SUB + (bucket % SUB) + 1) * 2 ** magnitude;
}

/** Counts of latencies. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  /** Values added. */
  get total(): number {
    return this.#total;
  }

  /** Adds a latency, ms. */
  add(ms: number): void {
    const bucket = bucketOf(ms * 1000);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  /** The latency, ms, that the share `q` (0 to 1) of the values does not exceed; NaN where there is none, Infinity beyond hours. */
  quantile(q: number): number {
    if (this.#total === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(q * this.#total));
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= wanted) return bucket === LAST ? Number.POSITIVE_INFINITY : upperEdge(bucket) / 1000;
    }
    return Number.POSITIVE_INFINITY;
  }
}
